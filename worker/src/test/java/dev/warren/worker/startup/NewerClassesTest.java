package dev.warren.worker.startup;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewerClassesTest {
  private static final int JAVA_5 = 49;

  @TempDir private Path folder;

  @Test
  void anOldClassDoesTheSameInTheFormatOfToday() throws Exception {
    Path old = folder.resolve("old.jar");
    try (JarOutputStream output = new JarOutputStream(Files.newOutputStream(old))) {
      output.putNextEntry(new JarEntry("old/Sign.class"));
      output.write(sign());
      output.putNextEntry(new JarEntry("note.txt"));
      output.write("kept".getBytes(StandardCharsets.UTF_8));
    }
    Path made = folder.resolve("new.jar");
    NewerClasses.main(new String[] {old.toString(), made.toString()});
    try (JarFile jar = new JarFile(made.toFile());
        URLClassLoader loader = new URLClassLoader(new URL[] {made.toUri().toURL()})) {
      byte[] code = jar.getInputStream(jar.getJarEntry("old/Sign.class")).readAllBytes();
      assertThat(ClassFile.of().parse(code).majorVersion())
          .isEqualTo(ClassFile.latestMajorVersion());
      assertThat(jar.getInputStream(jar.getJarEntry("note.txt"))).hasContent("kept");
      var negative = loader.loadClass("old.Sign").getMethod("negative", int.class);
      assertThat(negative.invoke(null, -3)).isEqualTo(1);
      assertThat(negative.invoke(null, 3)).isEqualTo(0);
    }
  }

  /** A class in the format of Java 5, with a branch, which needs a map in that of today. */
  private static byte[] sign() {
    return ClassFile.of(StackMapsOption.DROP_STACK_MAPS)
        .build(
            ClassDesc.of("old.Sign"),
            type ->
                type.withVersion(JAVA_5, 0)
                    .withFlags(ClassFile.ACC_PUBLIC)
                    .withMethodBody(
                        "negative",
                        MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_int),
                        ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC,
                        code -> {
                          var not = code.newLabel();
                          code.iload(0).ifge(not).iconst_1().ireturn();
                          code.labelBinding(not).iconst_0().ireturn();
                        }));
  }
}
