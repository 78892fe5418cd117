import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.DataFormatException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Questionnaire;

/**
 * Profiles, extensions, value sets, code systems and questionnaires to validate against besides the base ones.
 *
 * <p>They come from a directory of JSON files or from a FHIR package (.tgz). Other JSON in those
 * places (package.json, indexes, examples) is passed over; JSON that does not parse is refused.
 */
final class Conformance {
    private static final Set<String> KINDS =
            Set.of("StructureDefinition", "ValueSet", "CodeSystem", "Questionnaire");

    private final FhirContext context;
    private final ObjectMapper json;
    private final Held support;

    Conformance(FhirContext context, ObjectMapper json) {
        this.context = context;
        this.json = json;
        this.support = new Held(context);
    }

    PrePopulatedValidationSupport support() {
        return support;
    }

    void load(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            for (Path file : filesBelow(path)) {
                load(file);
            }
        } else if (path.toString().endsWith(".tgz")) {
            loadPackage(path);
        } else if (path.toString().endsWith(".json")) {
            add(Files.readAllBytes(path), path.toString());
        } else {
            throw new IOException(path + " is neither a directory nor a .json or .tgz file");
        }
    }

    /** Sorted, so that two runs load the same things in the same order on every file system. */
    private static List<Path> filesBelow(Path directory) throws IOException {
        try (Stream<Path> found = Files.walk(directory)) {
            return found.filter(Files::isRegularFile)
                    .filter(file -> file.toString().matches(".*\\.(json|tgz)"))
                    .sorted()
                    .toList();
        }
    }

    private void loadPackage(Path path) throws IOException {
        try (InputStream file = Files.newInputStream(path);
                TarArchiveInputStream archive = new TarArchiveInputStream(new GZIPInputStream(file))) {
            for (TarArchiveEntry entry; (entry = archive.getNextEntry()) != null; ) {
                if (entry.isFile() && entry.getName().matches("package/[^/]+\\.json")) {
                    add(archive.readAllBytes(), path + "!" + entry.getName());
                }
            }
        }
    }

    private void add(byte[] content, String source) throws IOException {
        try {
            JsonNode tree = json.readTree(content);
            if (KINDS.contains(tree.path("resourceType").asText())) {
                String text = new String(content, StandardCharsets.UTF_8);
                IBaseResource resource = context.newJsonParser().parseResource(text);
                if (resource instanceof Questionnaire questionnaire) {
                    support.questionnaires.put(questionnaire.getUrl(), questionnaire);
                } else {
                    support.addResource(resource);
                }
            }
        } catch (IOException | DataFormatException fault) {
            throw new IOException(source + " does not parse: " + fault.getMessage(), fault);
        }
    }

    /** Holds questionnaires as well, so that their answers are held to them. */
    private static final class Held extends PrePopulatedValidationSupport {
        private final Map<String, Questionnaire> questionnaires = new HashMap<>();

        Held(FhirContext context) {
            super(context);
        }

        @Override
        public <T extends IBaseResource> T fetchResource(Class<T> kind, String canonical) {
            String url = canonical.split("\\|", 2)[0];
            if (kind == Questionnaire.class && questionnaires.containsKey(url)) {
                return kind.cast(questionnaires.get(url));
            }
            return super.fetchResource(kind, canonical);
        }
    }
}
