package dev.warren.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives a test class a fresh {@link VirtualHost} on a real RabbitMQ broker that all test classes of
 * the JVM share. Constructors, lifecycle methods and tests may take a {@code VirtualHost} or the
 * {@link Broker} as a parameter; nested classes share the virtual host of the class around them.
 * The virtual host is deleted after the class, the broker stopped at the end of the JVM.
 *
 * <p>Which broker, is said by {@code WARREN_TEST_BROKER} (an environment variable; or the system
 * property {@code warren.test.broker}):
 *
 * <ul>
 *   <li>not set, or {@code node}: a private node, started from the installed {@code
 *       rabbitmq-server}
 *   <li>{@code docker}: a container; the image is {@code WARREN_TEST_IMAGE}, default {@code
 *       rabbitmq:4-management}
 *   <li>{@code amqp://user:password@host:port}: that broker; its management API is {@code
 *       WARREN_TEST_MANAGEMENT}, default {@code http://host:15672}
 * </ul>
 *
 * {@code WARREN_TEST_NODE_DIR} names the folder of a private node that already runs and outlives
 * this JVM; nothing else needs to be set then. A broker that cannot be had fails the tests: it
 * never skips them.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RabbitMqExtension.class)
public @interface RabbitMq {}
