package dev.warren.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * For tests of what only later brokers can do: disabled, with the reason, on an earlier one. A
 * broker that cannot be had is a failure also here.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(BrokerVersionCondition.class)
public @interface BrokerVersionAtLeast {
  /** The first version for which the test is meant, such as "4.0". */
  String value();
}
