import java.util.List;
import java.util.Locale;
import java.util.Set;
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
            "(?<base>https?://.*/)?(?<type>[^/:?#]+)/[^/:?#]+(/_history/[^/:?#]+)?");

    @Override
    public ReferenceValidationPolicy policyForReference(
            IResourceValidator validator,
            Object appContext,
            String path,
            String url,
            ReferenceDestinationType destinationType) {
        return getReferencePolicy();
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

    /**
     * An empty resource of the type the address names, which is all that is asked of it.
     *
     * <p>A relative address must name a type there is. An absolute one need not be a FHIR server's.
     */
    @Override
    public Element fetch(IResourceValidator validator, Object appContext, String url) {
        Matcher address = ADDRESS.matcher(url);
        if (!address.matches()) {
            return null;
        }
        String type = address.group("type");
        boolean known = validator.getContext().getResourceNamesAsSet().contains(type);
        boolean relative = address.group("base") == null;
        return known || relative ? new Element(type).setType(type) : null;
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
