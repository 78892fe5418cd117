import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hl7.fhir.common.hapi.validation.validator.FhirDefaultPolicyAdvisor;
import org.hl7.fhir.r5.elementmodel.Element;
import org.hl7.fhir.r5.model.CanonicalResource;
import org.hl7.fhir.r5.model.CanonicalType;
import org.hl7.fhir.r5.utils.validation.IResourceValidator;
import org.hl7.fhir.r5.utils.validation.IValidatorResourceFetcher;
import org.hl7.fhir.r5.utils.validation.constants.ReferenceValidationPolicy;

/**
 * How references are held to account: by the type they name, never by following them.
 *
 * <p>Left alone, the validator looks at no reference outside its Bundle, so that {@code
 * Task.for = Location/1} passes. Asked to look, it wants a fetcher; this one reads no
 * network and no file.
 */
final class References extends FhirDefaultPolicyAdvisor implements IValidatorResourceFetcher {
    private static final Pattern ADDRESS = Pattern.compile(
            "(https?://[^?#]*/)?(?<type>\\w+)(/[^/?#]+(/_history/[^/?#]+)?|\\?.+)");

    private final Map<String, String> dangling = new TreeMap<>();

    /** What is wrong with references that can lead nowhere, by location, since {@link #forget}. */
    Map<String, String> dangling() {
        return dangling;
    }

    void forget() {
        dangling.clear();
    }

    /** Asked of every reference that is neither contained nor found in the same Bundle. */
    @Override
    public ReferenceValidationPolicy policyForReference(
            IResourceValidator validator,
            Object appContext,
            String path,
            String url,
            ReferenceDestinationType destinationType) {
        // Where any type will do (Task.for, Task.focus) the validator lets any text pass.
        if (isRelative(url) && targetType(validator, url) == null) {
            dangling.put(
                    path,
                    "'" + url + "' leads nowhere: a relative reference is Type/id with a type of R4,"
                            + " or Type?search in a transaction");
        } else if (url.startsWith("urn:") && path.startsWith("Bundle.")) {
            dangling.put(path, "'" + url + "' leads nowhere: no entry has it as fullUrl");
        }
        return getReferencePolicy();
    }

    private static boolean isRelative(String url) {
        return !url.matches("#.*|[A-Za-z][A-Za-z0-9+.-]*:.*");
    }

    /** The resource type the address names, or null: an absolute one need not name any. */
    private static String targetType(IResourceValidator validator, String url) {
        Matcher address = ADDRESS.matcher(url);
        String type = address.matches() ? address.group("type") : null;
        return validator.getContext().getResourceNamesAsSet().contains(type) ? type : null;
    }

    @Override
    public ReferenceValidationPolicy getReferencePolicy() {
        return ReferenceValidationPolicy.CHECK_TYPE_IF_EXISTS;
    }

    /** The default hides that a resource in the same Bundle matches none of the allowed types. */
    @Override
    public boolean isSuppressMessageId(String path, String messageId) {
        return false;
    }

    /** An empty resource of the type the address names, which is all that is asked of it. */
    @Override
    public Element fetch(IResourceValidator validator, Object appContext, String url) {
        String type = targetType(validator, url);
        return type == null ? null : new Element(type).setType(type);
    }

    /** No address is looked up, so none is called wrong for not being found. */
    @Override
    public boolean resolveURL(
            IResourceValidator validator,
            Object appContext,
            String path,
            String url,
            String type,
            boolean canonical,
            List<CanonicalType> targets) {
        return true;
    }

    @Override
    public byte[] fetchRaw(IResourceValidator validator, String url) {
        throw new UnsupportedOperationException("nothing is fetched: " + url);
    }

    @Override
    public IValidatorResourceFetcher setLocale(Locale locale) {
        return this;
    }

    @Override
    public CanonicalResource fetchCanonicalResource(
            IResourceValidator validator, Object appContext, String url) {
        return null;
    }

    @Override
    public boolean fetchesCanonicalResource(IResourceValidator validator, String url) {
        return false;
    }

    @Override
    public Set<ResourceVersionInformation> fetchCanonicalResourceVersions(
            IResourceValidator validator, Object appContext, String url) {
        return Set.of();
    }
}
