package dev.warren.worker.startup;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/**
 * Writes the classes of a library in the file format of today. A startup cache takes none that are
 * in a format from before Java 6 (version 50), and the JVM checks those with its slow old verifier
 * at each start. What the classes do stays the same.
 *
 * @see <a href="https://docs.oracle.com/javase/specs/jvms/se25/html/jvms-4.html#jvms-4.10">The Java
 *     Virtual Machine Specification, verification of class files</a>
 */
public final class NewerClasses {
  /** The first version that is verified by type checking. */
  private static final int TYPE_CHECKED = 50;

  private static final String CLASS = ".class";

  private NewerClasses() {}

  /** Takes the library's jar, and where the new one goes. */
  public static void main(String[] args) throws IOException {
    write(Path.of(args[0]), Path.of(args[1]));
  }

  /** Writes a jar with what is in the other one. */
  static void write(Path library, Path target) throws IOException {
    try (JarFile from = new JarFile(library.toFile());
        JarOutputStream to = new JarOutputStream(Files.newOutputStream(target))) {
      ClassFile format = format(from);
      for (JarEntry entry : from.stream().toList()) {
        to.putNextEntry(new JarEntry(entry.getName()));
        byte[] content = content(from, entry);
        to.write(entry.getName().endsWith(CLASS) ? newer(format, content) : content);
      }
    }
  }

  private static byte[] newer(ClassFile format, byte[] code) {
    var model = format.parse(code);
    if (model.majorVersion() >= TYPE_CHECKED) {
      return code;
    }
    ClassTransform version =
        (builder, element) -> {
          if (element instanceof ClassFileVersion) {
            builder.withVersion(ClassFile.latestMajorVersion(), 0);
          } else {
            builder.with(element);
          }
        };
    // Code that is not touched would be copied as it is, without the maps for type checking.
    return format.transformClass(
        model, version.andThen(ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL)));
  }

  /** Finds out what extends what in the library itself, else in the JDK; loads none of it. */
  private static ClassFile format(JarFile library) {
    ClassHierarchyResolver own =
        ClassHierarchyResolver.ofResourceParsing(
            description -> {
              String name = description.descriptorString();
              JarEntry entry = library.getJarEntry(name.substring(1, name.length() - 1) + CLASS);
              try {
                return entry == null ? null : library.getInputStream(entry);
              } catch (IOException failed) {
                throw new UncheckedIOException(failed);
              }
            });
    return ClassFile.of(
        StackMapsOption.GENERATE_STACK_MAPS,
        ClassHierarchyResolverOption.of(
            own.orElse(ClassHierarchyResolver.defaultResolver()).cached()));
  }

  private static byte[] content(JarFile jar, JarEntry entry) throws IOException {
    try (InputStream input = jar.getInputStream(entry)) {
      return input.readAllBytes();
    }
  }
}
