import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/**
 * Kafka Streams doing what a civicbus worker does: it reads each event with Avro and keeps its
 * bytes under person key and event id in RocksDB, with a changelog, by one thread, at least once.
 *
 * <p>Arguments: broker, topic, events, folder of the state, folder of the schemas (one file for
 * each schema id), megabytes of cache, bytes to fetch of a partition at once. Prints one JSON
 * object: events, and seconds from the first record to the last that was put into the store. The
 * commit after it, which writes out the cache, is not counted.
 */
public final class StreamsContender {
  private static final String STORE = "dossiers";
  private static final int FRAME = 5; // a zero byte and the schema's id

  public static void main(String[] arguments) {
    String topic = arguments[1];
    long events = Long.parseLong(arguments[2]);
    Path schemas = Path.of(arguments[4]);
    StreamsBuilder builder = new StreamsBuilder();
    builder.addStateStore(
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(STORE), Serdes.ByteArray(), Serdes.ByteArray())
            .withCachingEnabled()
            .withLoggingEnabled(Map.of()));
    // All partitions are worked on by the one thread, so they share a clock and a reader.
    Clock clock = new Clock(events);
    Events reader = new Events(schemas);
    builder.stream(topic, Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
        .process(() -> new Keeper(clock, reader), STORE);
    KafkaStreams streams = new KafkaStreams(builder.build(), settings(arguments));
    streams.setUncaughtExceptionHandler(
        error -> {
          error.printStackTrace();
          Runtime.getRuntime().halt(1);
          return StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
    streams.start();
  }

  private static Properties settings(String[] arguments) {
    Properties settings = new Properties();
    String application = Path.of(arguments[3]).getFileName().toString();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, application);
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, arguments[0]);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, arguments[3]);
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.AT_LEAST_ONCE);
    settings.put(
        StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG,
        Long.parseLong(arguments[5]) * 1024 * 1024);
    settings.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG),
        Integer.parseInt(arguments[6]));
    return settings;
  }

  /** Times from the first record to the last. */
  private static final class Clock {
    private final long events;
    private long seen;
    private long begun;

    Clock(long events) {
      this.events = events;
    }

    void begin() {
      if (seen == 0) {
        begun = System.nanoTime();
      }
    }

    void count() {
      seen++;
      if (seen < events) {
        return;
      }
      double seconds = (System.nanoTime() - begun) / 1e9;
      System.out.println("{\"events\": " + seen + ", \"seconds\": " + seconds + "}");
      System.out.flush();
      Runtime.getRuntime().halt(0); // what was measured is over
    }
  }

  /** Reads events by the schemas that their records name. */
  private static final class Events {
    private final Path schemas;
    private final Map<Integer, GenericDatumReader<GenericRecord>> readers = new HashMap<>();
    private BinaryDecoder decoder;

    Events(Path schemas) {
      this.schemas = schemas;
    }

    GenericRecord read(byte[] value) throws IOException {
      int id = ByteBuffer.wrap(value, 1, 4).getInt();
      decoder = DecoderFactory.get().binaryDecoder(value, FRAME, value.length - FRAME, decoder);
      return readers.computeIfAbsent(id, this::reader).read(null, decoder);
    }

    private GenericDatumReader<GenericRecord> reader(int id) {
      try {
        String text = Files.readString(schemas.resolve(id + ".avsc"));
        return new GenericDatumReader<>(new Schema.Parser().parse(text));
      } catch (IOException error) {
        throw new UncheckedIOException(error);
      }
    }
  }

  /** Puts each event into the store. */
  private static final class Keeper implements Processor<byte[], byte[], Void, Void> {
    private final Clock clock;
    private final Events events;
    private KeyValueStore<byte[], byte[]> store;

    Keeper(Clock clock, Events events) {
      this.clock = clock;
      this.events = events;
    }

    @Override
    public void init(ProcessorContext<Void, Void> context) {
      store = context.getStateStore(STORE);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
      clock.begin();
      GenericRecord header;
      try {
        header = (GenericRecord) events.read(record.value()).get("header");
      } catch (IOException error) {
        throw new UncheckedIOException(error);
      }
      byte[] id = header.get("event_id").toString().getBytes(StandardCharsets.UTF_8);
      byte[] person = record.key();
      byte[] key = ByteBuffer.allocate(person.length + id.length).put(person).put(id).array();
      store.put(key, record.value());
      clock.count();
    }
  }
}
