package dev.warren.engine.shutdown;

import java.util.concurrent.CountDownLatch;

/** A program that says which requests to stop it hears, and ends after the second. */
final class SignalledProgram {
  private SignalledProgram() {}

  public static void main(String[] args) throws InterruptedException {
    StopRequests requests = StopRequests.fromSignals();
    CountDownLatch urgent = new CountDownLatch(1);
    requests.whenUrgent(urgent::countDown);
    System.out.println("waiting");
    System.out.println("asked by " + requests.await());
    urgent.await();
    System.out.println("urgent, interrupted: " + requests.interrupted());
  }
}
