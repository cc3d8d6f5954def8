package dev.warren.gateway.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.ConfigurationException;
import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRulesTest {
  private static AddressRules rules(Map<String, String> settings) {
    return AddressRules.of(name -> Optional.ofNullable(settings.get(name)));
  }

  private static Optional<String> objection(AddressRules rules, String address) {
    return rules.objection("host.test", InetAddress.ofLiteral(address));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "8.8.8.8",
        "1.1.1.1",
        "100.63.255.255",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "223.255.255.255",
        "2606:4700:4700::1111",
        "2002:808:808::1",
        "64:ff9b::808:808",
        "::ffff:8.8.8.8"
      })
  void publicAddressesAreOpen(String address) {
    assertThat(objection(rules(Map.of()), address)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.2.3, private",
    "172.16.0.1, private",
    "172.31.255.255, private",
    "192.168.1.1, private",
    "127.0.0.1, loopback",
    "127.255.0.1, loopback",
    "169.254.1.1, link-local",
    "100.64.0.1, CGNAT",
    "100.127.255.255, CGNAT",
    "0.0.0.0, unspecified",
    "0.1.2.3, unspecified",
    "224.0.0.1, multicast",
    "239.255.255.255, multicast",
    "240.0.0.1, reserved",
    "255.255.255.255, reserved",
    "192.0.2.1, documentation",
    "198.18.0.1, benchmarks",
    "::, unspecified",
    "::1, loopback",
    "fe80::1, link-local",
    "fc00::1, private",
    "fdff::1, private",
    "fec0::1, private",
    "ff02::1, multicast",
    "2001:db8::1, documentation",
    "2001::1, Teredo",
    "::ffff:127.0.0.1, loopback",
    "::ffff:10.0.0.1, private",
    "::127.0.0.1, loopback",
    "2002:7f00:1::1, loopback",
    "2002:a00:1::, private",
    "64:ff9b::7f00:1, loopback",
    "64:ff9b::a9fe:a9fe, metadata",
    "64:ff9b:1::1, NAT64",
    "2600::5efe:10.0.0.1, private",
    "2600::200:5efe:127.0.0.1, loopback",
    "169.254.169.254, metadata",
    "::ffff:169.254.169.254, metadata",
    "169.254.170.2, metadata",
    "100.100.100.200, metadata",
    "168.63.129.16, metadata",
    "fd00:ec2::254, metadata"
  })
  void othersAreClosedAndNamed(String address, String why) {
    assertThat(objection(rules(Map.of()), address)).get().asString().contains(why);
  }

  @Test
  void privateOnesCanBeOpenedTogetherButNotMetadataAndWhatIsNobodys() {
    AddressRules rules = rules(Map.of("http.allow-private", "true"));

    for (String open : new String[] {"127.0.0.1", "::1", "10.0.0.1", "100.64.0.1", "fd12::1"}) {
      assertThat(objection(rules, open)).as(open).isEmpty();
    }
    for (String closed :
        new String[] {"169.254.169.254", "fd00:ec2::254", "0.0.0.0", "224.0.0.1", "::"}) {
      assertThat(objection(rules, closed)).as(closed).isPresent();
    }
  }

  @Test
  void networksAddressesAndHostsCanBeOpenedOneByOne() {
    AddressRules rules =
        rules(Map.of("http.allow", "10.1.0.0/16, 169.254.169.254 fd12::/16,Intranet.Example."));

    assertThat(objection(rules, "10.1.255.1")).isEmpty();
    assertThat(objection(rules, "10.2.0.1")).isPresent();
    assertThat(objection(rules, "169.254.169.254")).isEmpty();
    assertThat(objection(rules, "169.254.169.253")).isPresent();
    assertThat(objection(rules, "fd12::1")).isEmpty();
    InetAddress inside = InetAddress.ofLiteral("192.168.0.1");
    assertThat(rules.objection("intranet.example", inside)).isEmpty();
    assertThat(rules.objection("INTRANET.example.", inside)).isEmpty();
    assertThat(rules.objection("other.example", inside)).isPresent();
    assertThat(rules.objection("evil-intranet.example", inside)).isPresent();
  }

  @Test
  void aSettingThatCannotBeReadIsAConfigurationError() {
    for (String wrong : new String[] {"10.0.0.0/33", "10.0.0.0/x", "300.1.1.1", "fe80::/200"}) {
      assertThatThrownBy(() -> rules(Map.of("http.allow", wrong)))
          .as(wrong)
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining(wrong);
    }
    assertThatThrownBy(() -> rules(Map.of("http.allow-private", "yes")))
        .isInstanceOf(ConfigurationException.class);
  }
}
