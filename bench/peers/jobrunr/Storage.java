import com.zaxxer.hikari.HikariDataSource;
import org.jobrunr.storage.StorageProvider;
import org.jobrunr.storage.sql.postgres.PostgresStorageProvider;

/** The database of the JobRunr peer. */
final class Storage {
  private Storage() {}

  static StorageProvider connect(int connections) {
    HikariDataSource pool = new HikariDataSource();
    pool.setJdbcUrl("jdbc:postgresql://127.0.0.1:" + Dialogue.number("PORT") + "/postgres");
    pool.setUsername("peer");
    pool.setMaximumPoolSize(connections);
    return new PostgresStorageProvider(pool);
  }
}
