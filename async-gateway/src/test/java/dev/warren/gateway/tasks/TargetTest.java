package dev.warren.gateway.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.RejectedTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {
  @ParameterizedTest
  @CsvSource({
    "http://example.org, http://example.org/",
    "HTTP://Example.ORG:80/a?b=c#d, http://example.org/a?b=c",
    "https://example.org:443/, https://example.org/",
    "https://example.org:8443?q, https://example.org:8443/?q",
    "http://user:secret@example.org/a, http://example.org/a",
    "http://user@host:pw@example.org/, http://example.org/",
    "http://[::1]:8080/x, http://[::1]:8080/x",
    "'http://example.org/a b|c', http://example.org/a%20b%7Cc",
    "http://example.org/ä%20ö, http://example.org/%C3%A4%20%C3%B6",
    "http://bücher.example/, http://xn--bcher-kva.example/",
    "http://my_service:9000/, http://my_service:9000/"
  })
  void aUrlIsTakenApartAndPutTogetherWithoutItsLogin(String url, String as) {
    assertThat(Target.of(url).url()).isEqualTo(as);
  }

  @Test
  void theLoginIsKeptApart() {
    assertThat(Target.of("http://user:se%40cret@example.org/").login()).isEqualTo("user:se%40cret");
    assertThat(Target.of("http://example.org/@").login()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "example.org",
        "ftp://example.org/",
        "file:///etc/passwd",
        "http://",
        "http:///path",
        "http://exa mple.org/",
        "http://example.org\\@evil.org:x/",
        "http://example.org:0/",
        "http://example.org:65536/",
        "http://example.org:8a/",
        "http://[fe80::1%25eth0]/",
        "http://[::1/",
        "http://%6cocalhost/",
        "http://a\nb/"
      })
  void whatIsNoUrlIsRejected(String url) {
    assertThatThrownBy(() -> Target.of(url)).isInstanceOf(RejectedTask.class);
  }

  @ParameterizedTest
  @CsvSource({
    "/next, http://example.org:8080/next",
    "//other.org/x, http://other.org/x",
    "https://other.org, https://other.org/",
    "page, http://example.org:8080/a/page",
    "../page, http://example.org:8080/page",
    "?p=2, http://example.org:8080/a/b?p=2",
    "#here, http://example.org:8080/a/b?q=1",
    "'/with space', http://example.org:8080/with%20space",
    "http://user:pw@other.org/, http://other.org/"
  })
  void redirectsAreResolved(String location, String to) {
    Target next = Target.of("http://me:pw@example.org:8080/a/b?q=1").redirected(location);

    assertThat(next.url()).isEqualTo(to);
    assertThat(next.login()).isNull();
  }

  @Test
  void redirectsToOtherSchemesAreRejected() {
    for (String location :
        new String[] {"ftp://example.org/", "file:///etc/passwd", "javascript:1"}) {
      assertThatThrownBy(() -> Target.of("http://example.org/").redirected(location))
          .isInstanceOf(RejectedTask.class);
    }
  }
}
