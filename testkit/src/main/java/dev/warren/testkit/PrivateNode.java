package dev.warren.testkit;

import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** A node that the packed script runs in a folder of its own, from the installed server. */
final class PrivateNode implements BrokerNode, AutoCloseable {
  private final NodeScript script;
  private final Path folder;
  private final List<String> options;
  private final boolean owned;

  private PrivateNode(NodeScript script, Path folder, List<String> options, boolean owned) {
    this.script = script;
    this.folder = folder;
    this.options = options;
    this.owned = owned;
  }

  /** Makes and starts a node that lives until it is closed, and not longer than this JVM. */
  static PrivateNode create(String... options) {
    List<String> all = new ArrayList<>(List.of(options));
    all.addAll(List.of("--while", Long.toString(ProcessHandle.current().pid())));
    PrivateNode node =
        new PrivateNode(NodeScript.unpacked(), NodeScript.newFolder(), List.copyOf(all), true);
    try {
      node.start();
    } catch (BrokerException e) {
      node.close();
      throw e;
    }
    return node;
  }

  /** A node that somebody else has made and will stop. */
  static PrivateNode existing(Path folder) {
    PrivateNode node = new PrivateNode(NodeScript.unpacked(), folder, List.of(), false);
    node.run("status");
    return node;
  }

  Path folder() {
    return folder;
  }

  BrokerAddress address() {
    return new BrokerAddress(
        URI.create(property("credentials", "uri")),
        URI.create(property("node.properties", "management.uri")));
  }

  @Override
  public void start() {
    run("start", options.toArray(String[]::new));
  }

  @Override
  public void stop() {
    run("stop");
  }

  @Override
  public void kill() {
    run("stop", "--kill");
  }

  @Override
  public String ctl(String... arguments) {
    return run("ctl", arguments);
  }

  @Override
  public void close() {
    if (owned) {
      run("purge");
    }
  }

  private String run(String command, String... arguments) {
    return script.run(command, folder, arguments);
  }

  private String property(String file, String key) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(folder.resolve(file))) {
      properties.load(reader);
    } catch (IOException e) {
      throw new BrokerException("cannot read " + folder.resolve(file) + " of a private node", e);
    }
    String value = properties.getProperty(key);
    if (value == null) {
      throw new BrokerException("no '" + key + "' in " + folder.resolve(file));
    }
    return value;
  }
}
