import static java.nio.charset.StandardCharsets.UTF_8;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;

/**
 * Validates FHIR R4 resources with the reference validator, from files or line by line.
 *
 * <p>Usage: {@code java -jar validator.jar [--conformance PATH]... [FILE...]}. Each FILE is one
 * resource (.json) or one per line (.ndjson). Without FILE, one resource per line comes on
 * standard input and each is answered at once, so that one process serves a whole test run.
 * Every resource gets one line on standard output: {@code {"source", "issues": [{"severity",
 * "code", "location", "line", "column", "message"}]}}. Exit code: 0 nothing worse than a
 * warning, 1 at least one error, 2 the program could not do its work.
 */
public final class Validate {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final FhirValidator validator;
    private final References references = new References();
    private final PrintStream answers = new PrintStream(System.out, false, UTF_8);
    private boolean errorSeen = false;

    private Validate(List<Path> conformance) throws IOException {
        FhirContext context = FhirContext.forR4();
        Conformance extra = new Conformance(context, JSON);
        for (Path path : conformance) {
            extra.load(path);
        }
        // SNOMED CT, LOINC and local systems cannot be loaded here. That a code was not looked up is
        // a warning, for the chain's last word on an unknown system is downgraded where no required
        // set is at stake; a code outside a required set of the base is an error whatever its system.
        var module = new FhirInstanceValidator(new ValidationSupportChain(
                new DefaultProfileValidationSupport(context),
                extra.support(),
                new SnapshotGeneratingValidationSupport(context),
                new CommonCodeSystemsTerminologyService(context),
                new InMemoryTerminologyServerValidationSupport(context)));
        module.setErrorForUnknownProfiles(false);
        module.setAnyExtensionsAllowed(true);
        module.setValidatorPolicyAdvisor(references);
        module.setValidatorResourceFetcher(references);
        validator = context.newValidator().registerValidatorModule(module);
    }

    private void answer(String resource, String source) throws IOException {
        ObjectNode answer = JSON.createObjectNode().put("source", source);
        ArrayNode issues = answer.putArray("issues");
        for (SingleValidationMessage message : messages(resource)) {
            ResultSeverityEnum severity = message.getSeverity();
            errorSeen |= severity.ordinal() >= ResultSeverityEnum.ERROR.ordinal();
            issues.addObject()
                    .put("severity", severity.getCode())
                    .put("code", message.getMessageId())
                    .put("location", message.getLocationString())
                    .put("line", message.getLocationLine())
                    .put("column", message.getLocationCol())
                    .put("message", message.getMessage());
        }
        answers.println(JSON.writeValueAsString(answer));
        answers.flush();
    }

    private List<SingleValidationMessage> messages(String resource) {
        references.forget();
        try {
            List<SingleValidationMessage> found =
                    new ArrayList<>(validator.validateWithResult(resource).getMessages());
            references.dangling().forEach((location, text) -> found.add(message(
                    ResultSeverityEnum.ERROR, "dangling-reference", location, text)));
            return found;
        } catch (RuntimeException fault) {
            // What the validator breaks on is not valid, and must not end the run of the others.
            return List.of(message(
                    ResultSeverityEnum.FATAL,
                    "not-validated",
                    null,
                    "The validator could not judge this: " + fault.getMessage()));
        }
    }

    private static SingleValidationMessage message(
            ResultSeverityEnum severity, String code, String location, String text) {
        var message = new SingleValidationMessage();
        message.setSeverity(severity);
        message.setMessageId(code);
        message.setLocationString(location);
        message.setMessage(text);
        return message;
    }

    private void answerLines(InputStream input, String source) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(input, UTF_8.newDecoder()));
        int number = 0;
        for (String line; (line = lines.readLine()) != null; ) {
            answer(line, source + ":" + ++number);
        }
    }

    private void answerFile(Path file) throws IOException {
        if (file.toString().endsWith(".ndjson")) {
            try (InputStream input = Files.newInputStream(file)) {
                answerLines(input, file.toString());
            }
        } else {
            answer(Files.readString(file), file.toString());
        }
    }

    public static void main(String[] arguments) {
        // The same words and the same dates on every machine.
        Locale.setDefault(Locale.ROOT);
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
        List<Path> conformance = new ArrayList<>();
        List<Path> files = new ArrayList<>();
        for (int index = 0; index < arguments.length; index++) {
            if (!arguments[index].equals("--conformance")) {
                files.add(Path.of(arguments[index]));
            } else if (++index < arguments.length) {
                conformance.add(Path.of(arguments[index]));
            } else {
                System.err.println("--conformance needs a directory, a .json or a .tgz file");
                System.exit(2);
            }
        }
        String reading = "";
        try {
            Validate program = new Validate(conformance);
            for (Path file : files) {
                reading = file.toString();
                program.answerFile(file);
            }
            if (files.isEmpty()) {
                reading = "standard input";
                program.answerLines(System.in, "-");
            }
            System.exit(program.errorSeen ? 1 : 0);
        } catch (CharacterCodingException fault) {
            System.err.println(reading + " is not UTF-8 text");
            System.exit(2);
        } catch (IOException fault) {
            System.err.println("cannot read " + fault.getMessage());
            System.exit(2);
        }
    }
}
