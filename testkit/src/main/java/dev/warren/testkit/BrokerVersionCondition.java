package dev.warren.testkit;

import static org.junit.platform.commons.support.AnnotationSupport.findAnnotation;

import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Compares the version of the JVM's shared broker with what a test wants. */
final class BrokerVersionCondition implements ExecutionCondition {
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    Optional<String> atLeast =
        findAnnotation(context.getElement(), BrokerVersionAtLeast.class)
            .map(BrokerVersionAtLeast::value);
    Optional<String> below =
        findAnnotation(context.getElement(), BrokerVersionBelow.class)
            .map(BrokerVersionBelow::value);
    if (atLeast.isEmpty() && below.isEmpty()) {
      return ConditionEvaluationResult.enabled("any version");
    }
    return evaluate(RabbitMqExtension.sharedBroker(context).version(), atLeast, below);
  }

  static ConditionEvaluationResult evaluate(
      BrokerVersion version, Optional<String> atLeast, Optional<String> below) {
    if (atLeast.isPresent() && !version.atLeast(atLeast.get())) {
      return ConditionEvaluationResult.disabled(
          "for RabbitMQ " + atLeast.get() + " and later; this is " + version);
    }
    if (below.isPresent() && version.atLeast(below.get())) {
      return ConditionEvaluationResult.disabled(
          "for RabbitMQ before " + below.get() + "; this is " + version);
    }
    return ConditionEvaluationResult.enabled("for RabbitMQ " + version);
  }
}
