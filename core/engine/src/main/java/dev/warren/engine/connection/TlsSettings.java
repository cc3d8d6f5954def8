package dev.warren.engine.connection;

import dev.warren.api.ConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Whom to trust, and who we are, on a TLS connection to the broker.
 *
 * @param trust certificates of trusted authorities: a PEM file (one or more certificates) or a
 *     PKCS12 or JKS trust store, or null for those the JVM trusts. Default is null.
 * @param trustPassword the trust store's password, if it has one.
 * @param keyStore a PKCS12 or JKS file with this client's certificate and key, or null for none.
 * @param keyStorePassword the key store's password, if it has one.
 * @param verifyHostName whether the broker's certificate must name the host. Default is true.
 */
public record TlsSettings(
    @Nullable Path trust,
    @Nullable Secret trustPassword,
    @Nullable Path keyStore,
    @Nullable Secret keyStorePassword,
    boolean verifyHostName) {
  /** The JVM's trusted authorities, no client certificate, host names verified. */
  public static final TlsSettings DEFAULT = new TlsSettings(null, null, null, null, true);

  public TlsSettings withTrust(Path file, @Nullable Secret password) {
    return new TlsSettings(file, password, keyStore, keyStorePassword, verifyHostName);
  }

  public TlsSettings withKeyStore(Path file, @Nullable Secret password) {
    return new TlsSettings(trust, trustPassword, file, password, verifyHostName);
  }

  public TlsSettings withVerifyHostName(boolean verify) {
    return new TlsSettings(trust, trustPassword, keyStore, keyStorePassword, verify);
  }

  SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keyManagers(), trustManagers(), null);
      return context;
    } catch (GeneralSecurityException refused) {
      throw new ConfigurationException("TLS cannot be set up: " + refused.getMessage(), refused);
    }
  }

  private KeyManager @Nullable [] keyManagers() throws GeneralSecurityException {
    if (keyStore == null) {
      return null;
    }
    char[] password = characters(keyStorePassword);
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(load(keyStore, password, "key store"), password);
    return factory.getKeyManagers();
  }

  private TrustManager @Nullable [] trustManagers() throws GeneralSecurityException {
    if (trust == null) {
      return null;
    }
    KeyStore store =
        isPem(trust) ? readPem(trust) : load(trust, characters(trustPassword), "trust store");
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private static char[] characters(@Nullable Secret password) {
    return password == null ? new char[0] : password.reveal().toCharArray();
  }

  private static KeyStore load(Path file, char[] password, String what)
      throws GeneralSecurityException {
    try {
      return KeyStore.getInstance(file.toFile(), password);
    } catch (IOException | IllegalArgumentException unreadable) {
      throw new ConfigurationException(
          "the TLS "
              + what
              + " "
              + file
              + " cannot be read: "
              + Objects.requireNonNullElse(unreadable.getMessage(), unreadable.toString()),
          unreadable);
    }
  }

  private static boolean isPem(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      String start = new String(in.readNBytes(4096), StandardCharsets.US_ASCII);
      return start.contains("-----BEGIN CERTIFICATE-----");
    } catch (IOException unreadable) {
      throw new ConfigurationException(
          "the TLS trust file " + file + " cannot be read", unreadable);
    }
  }

  private static KeyStore readPem(Path file) throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    try (InputStream in = Files.newInputStream(file)) {
      store.load(null, null);
      Collection<? extends Certificate> certificates =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      int index = 0;
      for (Certificate certificate : certificates) {
        store.setCertificateEntry("trusted-" + index++, certificate);
      }
    } catch (IOException unreadable) {
      throw new ConfigurationException(
          "the TLS trust file " + file + " cannot be read", unreadable);
    }
    return store;
  }
}
