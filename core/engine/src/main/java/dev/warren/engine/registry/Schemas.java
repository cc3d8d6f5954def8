package dev.warren.engine.registry;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import dev.warren.api.Json;
import dev.warren.engine.codec.JsonCodec;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * JSON Schema (2020-12) of the classes of arguments and results, as {@link JsonCodec} reads and
 * writes them. Components of a record are required unless they are optional or nullable; fields
 * that a class does not have are not allowed. Safe for concurrent use.
 */
public final class Schemas {
  /** As Jackson writes them; the generator would describe their insides. */
  private static final Map<Class<?>, String> TEXTS =
      Map.of(Duration.class, "duration", Path.class, "", byte[].class, "");

  private static final Set<Class<?>> OPTIONALS =
      Set.of(Optional.class, OptionalInt.class, OptionalLong.class, OptionalDouble.class);

  private Schemas() {}

  /** The schema of a class; anything at all for {@code Object}, {@link Json} and JSON trees. */
  public static JsonNode of(Class<?> type) {
    if (type == Void.class || type == void.class) {
      return JsonCodec.json().createObjectNode().put("type", "null");
    }
    // Built for each call: its caches are not safe for concurrent use, and calls are few.
    return generator().generateSchema(type);
  }

  private static SchemaGenerator generator() {
    SchemaGeneratorConfigBuilder builder =
        new SchemaGeneratorConfigBuilder(
                JsonCodec.json(), SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
            .with(
                Option.FORBIDDEN_ADDITIONAL_PROPERTIES_BY_DEFAULT,
                Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES,
                Option.FLATTENED_OPTIONALS);
    builder.forTypesInGeneral().withCustomDefinitionProvider(Schemas::definition);
    builder
        .forFields()
        .withIgnoreCheck(field -> annotation(field, JsonIgnore.class).isPresent())
        .withPropertyNameOverrideResolver(Schemas::jsonName)
        .withNullableCheck(Schemas::isNullable)
        .withRequiredCheck(Schemas::isRequired);
    return new SchemaGenerator(builder.build());
  }

  private static @Nullable CustomDefinition definition(
      ResolvedType type, SchemaGenerationContext context) {
    Class<?> erased = type.getErasedType();
    ObjectNode node = JsonCodec.json().createObjectNode();
    if (erased == Object.class || erased == Json.class || JsonNode.class.isAssignableFrom(erased)) {
      // Without the attributes of a class, which forbid the fields that it does not have.
      return new CustomDefinition(
          node, CustomDefinition.DefinitionType.INLINE, CustomDefinition.AttributeInclusion.NO);
    }
    String format = TEXTS.get(erased);
    if (format == null) {
      return null;
    }
    node.put("type", "string");
    if (!format.isEmpty()) {
      node.put("format", format);
    }
    return new CustomDefinition(node, true);
  }

  private static @Nullable String jsonName(FieldScope field) {
    return annotation(field, JsonProperty.class)
        .map(JsonProperty::value)
        .filter(name -> !name.isEmpty())
        .orElse(null);
  }

  private static <A extends Annotation> Optional<A> annotation(FieldScope field, Class<A> kind) {
    return Optional.ofNullable(field.getAnnotationConsideringFieldAndGetter(kind));
  }

  private static boolean isRequired(FieldScope field) {
    Field member = field.getRawMember();
    return member.getDeclaringClass().isRecord()
        && !OPTIONALS.contains(member.getType())
        && !isMarkedNullable(member);
  }

  private static boolean isNullable(FieldScope field) {
    Field member = field.getRawMember();
    return OPTIONALS.contains(member.getType()) || isMarkedNullable(member);
  }

  /** Any annotation of that name counts: which one a task author uses is no concern of ours. */
  private static boolean isMarkedNullable(Field member) {
    return hasNullable(member) || hasNullable(member.getAnnotatedType());
  }

  private static boolean hasNullable(AnnotatedElement element) {
    return Arrays.stream(element.getAnnotations())
        .anyMatch(each -> each.annotationType().getSimpleName().equals("Nullable"));
  }
}
