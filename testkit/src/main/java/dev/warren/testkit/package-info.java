/**
 * Real RabbitMQ brokers for tests, and the faults to try on them. Never a mock, never a skip: a
 * broker that cannot be had fails the tests and says how to get one.
 *
 * <pre>{@code
 * @RabbitMq
 * class OrdersTest {
 *   private final VirtualHost host;
 *
 *   OrdersTest(VirtualHost host) {
 *     this.host = host;
 *   }
 *
 *   @Test
 *   void publishesAgainAfterItsConnectionWasCut() {
 *     try (FaultProxy proxy = FaultProxy.to(host.uri());
 *         Orders orders = Orders.connect(proxy.uri())) {
 *       proxy.cut();
 *       orders.place(book);
 *       assertThat(host.readyCount("orders")).isEqualTo(1);
 *     }
 *   }
 * }
 * }</pre>
 *
 * <ul>
 *   <li>{@link dev.warren.testkit.RabbitMq} gives a class its own virtual host, and says how the
 *       broker is chosen.
 *   <li>{@link dev.warren.testkit.VirtualHost}: its URI, users with few rights, what is connected
 *       and declared, closing connections, publishing what no producer would.
 *   <li>{@link dev.warren.testkit.Broker}: version, resource alarms, and {@link
 *       dev.warren.testkit.BrokerNode} to stop, kill and start it. A broker of which only the URI
 *       is known cannot be stopped: tag such tests {@code node}, so that they can be left out
 *       there.
 *   <li>{@link dev.warren.testkit.FaultProxy}: a network that cuts, refuses, stalls or is slow.
 *   <li>{@link dev.warren.testkit.Cluster}: several private nodes.
 *   <li>{@link dev.warren.testkit.BrokerVersionAtLeast} and {@link
 *       dev.warren.testkit.BrokerVersionBelow}: what differs between brokers.
 * </ul>
 *
 * <p>Tests that take long are tagged {@code full}; the build leaves them out unless it is told
 * {@code -Dexcluded.tests=}. Everything waits until what it did can be seen; nothing sleeps.
 */
@NullMarked
package dev.warren.testkit;

import org.jspecify.annotations.NullMarked;
