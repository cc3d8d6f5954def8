package dev.warren.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.FilesRoot;
import dev.warren.api.RejectedTask;
import dev.warren.tasks.WordCount.Frequency;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordCountTest {
  @TempDir Path folder;
  private WordCount task;

  @BeforeEach
  void makeTask() {
    task = new WordCount(FilesRoot.of(Optional.of(folder.toString()), "files-root"));
  }

  @Test
  void wordsLinesAndCharactersAreCounted() throws IOException {
    WordCount.Result result =
        count("The cat's whiskers -- the well-known ones.\nÜber 2 cats!\n", 2);

    assertThat(result.words()).isEqualTo(9);
    assertThat(result.lines()).isEqualTo(2);
    assertThat(result.characters()).isEqualTo(56);
    assertThat(result.top()).containsExactly(new Frequency("the", 2), new Frequency("2", 1));
    assertThat(result.topIsExact()).isTrue();
  }

  @Test
  void aLineWithoutEndAndAnEmptyFileCountAsPeopleExpect() throws IOException {
    assertThat(count("one\ntwo", 0).lines()).isEqualTo(2);
    assertThat(count("", 3)).isEqualTo(new WordCount.Result(0, 0, 0, java.util.List.of(), true));
    assertThat(count("-- ' --\n", 3).words()).isZero();
    assertThat(count("dogs' 'dogs'", 3).top()).containsExactly(new Frequency("dogs", 2));
  }

  @Test
  void charactersOutsideTheBasicPlaneCountOnceEvenAcrossBuffers() throws IOException {
    String text = "a" + "😀".repeat(40_000);

    assertThat(count(text, 1).characters()).isEqualTo(40_001);
  }

  @Test
  void bytesThatAreNoTextAreCountedAsReplacements() throws IOException {
    Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, 'a', (byte) 0xfe});

    assertThat(task.apply(new WordCount.Arguments("binary"), new AttemptInTest()).words())
        .isEqualTo(1);
  }

  @Test
  void manyDifferentWordsAreForgottenButTheFrequentOnesStay() {
    WordCounter counter = new WordCounter(100);
    for (int i = 0; i < 10_000; i++) {
      char[] text = ("word" + i + " often ").toCharArray();
      counter.accept(text, text.length);
    }

    WordCount.Result result = counter.result(1);
    assertThat(result.words()).isEqualTo(20_000);
    assertThat(result.top()).containsExactly(new Frequency("often", 10_000));
    assertThat(result.topIsExact()).isFalse();
  }

  @Test
  void anEndlessWordIsOneWordAndTakesNoMemory() {
    WordCounter counter = new WordCounter(100);
    char[] letters = "x".repeat(1 << 16).toCharArray();
    for (int i = 0; i < 1_000; i++) {
      counter.accept(letters, letters.length);
    }

    WordCount.Result result = counter.result(5);
    assertThat(result.words()).isEqualTo(1);
    assertThat(result.top()).isEmpty();
  }

  @Test
  void theTopHasALimit() {
    assertThatThrownBy(() -> new WordCount.Arguments("x", 1_001)).isInstanceOf(RejectedTask.class);
    assertThatThrownBy(() -> new WordCount.Arguments("x", -1)).isInstanceOf(RejectedTask.class);
  }

  @Test
  void aCancelledAttemptStopsReading() throws IOException {
    Files.writeString(folder.resolve("text"), "some words");
    AttemptInTest attempt = new AttemptInTest();
    attempt.cancel();

    assertThatThrownBy(() -> task.apply(new WordCount.Arguments("text"), attempt))
        .isInstanceOf(InterruptedIOException.class);
  }

  private WordCount.Result count(String text, int top) throws IOException {
    Files.writeString(folder.resolve("text"), text);
    return task.apply(new WordCount.Arguments("text", top), new AttemptInTest());
  }
}
