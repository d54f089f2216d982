// Brokers that send too much, too slowly, or what nobody can read: an attempt ends by its deadline, holds no more
// memory than it needs, and never takes them for a broker that lets somebody in.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/probes/probes.h"
#include "tests/support/hostile_broker.h"
#include "tests/support/hostile_material.h"
#include "tests/support/lab_material.h"
#include "tests/support/peak_memory.h"

namespace mqtts::probes {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::SizeIs;
namespace hostile = test::hostile;

#ifdef __SANITIZE_ADDRESS__
constexpr double most_megabytes = 300;  // AddressSanitizer keeps what was freed
#else
constexpr double most_megabytes = 8;
#endif

struct Material : test::LabMaterial {
  const Identity named =
      test::certificate_of_organisation(test::hostile_text() + std::string(16UL * 1024, 'x'), folder().path(), "named");
  const Identity chain_of_100 = test::certificate_with_chain(100, folder().path(), "hundred");
  const Identity chain_of_500 = test::certificate_with_chain(500, folder().path(), "five-hundred");
};

Material& material() {
  static Material made;
  return made;
}

test::Script behind_tls(test::Script script, int highest = TLS1_3_VERSION) {
  return hostile::behind_tls({.identity = material().server, .highest = highest}, std::move(script));
}

struct FloodRow {
  std::string name;
  bool tls;
  std::function<test::Script()> script;
  std::vector<std::string> wanted;  // one of these
  MqttVersion mqtt = MqttVersion::v3_1_1;
};

const std::string vast_connack = "\x20\xff\xff\xff\x7f";
const std::string longest_connack = "\x20\xf0\xff\x03";  // as long as is still read

const std::vector<FloodRow> rows = {
    {"endless_connack", false, [] { return hostile::answers_endlessly(longest_connack); }, {"garbled/broker"}},
    {"endless_connack_in_tls",
     true,
     [] { return behind_tls(hostile::answers_endlessly(longest_connack)); },
     {"garbled/broker"}},
    {"vast_remaining_length", false, [] { return hostile::answers_endlessly(vast_connack); }, {"garbled/broker"}},
    {"vast_remaining_length_in_tls",
     true,
     [] { return behind_tls(hostile::answers_endlessly(vast_connack)); },
     {"garbled/broker"}},
    {"byte_after_byte",
     false,
     [] { return hostile::drips(longest_connack + std::string(100, '\0'), 50ms); },
     {"timeout/network"}},
    {"byte_after_byte_of_tls",
     true,
     [] { return hostile::drips(hostile::half_a_server_hello(), 100ms); },
     {"timeout/network"}},
    {"unfinished_tls", true, [] { return hostile::answers(hostile::half_a_server_hello()); }, {"timeout/network"}},
    {"endless_plaintext_records",
     true,
     [] { return hostile::answers_endlessly("", std::string("\x14\x03\x03\0\1\1", 6)); },
     {"garbled/broker", "refused/tls-self"}},
    {"never_reads", false, [] { return hostile::never_reads(); }, {"timeout/network"}},
    {"never_reads_tls", true, [] { return hostile::never_reads(); }, {"timeout/network"}},
    {"closes_at_once", true, [] { return hostile::closes_at_once(); }, {"closed/broker"}},
    {"http", true, [] { return hostile::answers_and_closes(hostile::http_error()); }, {"garbled/broker"}},
    {"key_updates", true, [] { return behind_tls(hostile::updates_keys_endlessly()); }, {"garbled/broker"}},
    {"renegotiations",
     true,
     [] { return behind_tls(hostile::renegotiates_endlessly(), TLS1_2_VERSION); },
     {"timeout/network", "garbled/broker"}},
    {"chain_of_500",
     true,
     [] { return hostile::behind_tls({.identity = material().chain_of_500}, hostile::answers(hostile::connack(0))); },
     {"garbled/broker", "refused/tls-self"}},
    {"hostile_reason",
     false,
     [] { return hostile::answers_and_closes(hostile::connack_5(0x87, test::hostile_text())); },
     {"refused/mqtt"},
     MqttVersion::v5_0},
    {"long_hostile_reason",
     false,
     [] { return hostile::answers_and_closes(hostile::connack_5(0x87, std::string(65'000, '\xff'))); },
     {"refused/mqtt", "garbled/broker"},
     MqttVersion::v5_0},
};

class Flood : public testing::TestWithParam<FloodRow> {};

TEST_P(Flood, is_endured) {
  const auto& row = GetParam();
  const auto script = row.script();
  WireProber prober;
  const test::HostileBroker broker(script);
  Client client{.address = "127.0.0.1", .port = broker.port(), .name = "127.0.0.1", .tls = row.tls, .mqtt = row.mqtt};
  if (row.tls) client.identity = material().client;

  const test::PeakMemory memory;
  const auto start = Clock::now();
  const auto seen =
      prober.observe({.client = client, .kind = "deliver", .parameters = {{"topic", "your/topic"}}}, Deadline::in(1s));
  EXPECT_LT(seconds_since(start), 1.5);
  EXPECT_LT(memory.growth(), most_megabytes);
  ASSERT_TRUE(seen) << to_english(seen.error().what);
  EXPECT_THAT(row.wanted,
              testing::Contains(std::string(to_string(seen->outcome)) + "/" + std::string(to_string(seen->by))));
  std::size_t text = seen->reason.size();
  for (const auto& each : seen->evidence) text += each.text.size();
  EXPECT_LT(text, 4'000u);
}

INSTANTIATE_TEST_SUITE_P(Brokers, Flood, testing::ValuesIn(rows),
                         [](const auto& instance) { return instance.param.name; });

// One that knows which of the witnesses comes first.
TEST(flood, of_messages_is_kept_to_a_bound) {
  const std::string publish = "\x30\x80\x80\x04" + std::string("\0\1t", 3) + std::string(65'536 - 3, 'x');
  std::string subscribed = "\x90\x03" + std::string("\0\1\0", 3);
  const test::HostileBroker broker([&](test::Peer& peer) {
    peer.read_some();
    peer.write(hostile::connack(0));
    if (peer.read_some().empty()) return;
    for (bool reads = peer.write(subscribed); reads;) reads = peer.write(publish);
  });
  WireProber prober;
  const Client client{.address = "127.0.0.1", .port = broker.port(), .name = "127.0.0.1"};
  const test::PeakMemory memory;
  const auto seen =
      prober.observe({.client = client, .kind = "deliver", .parameters = {{"topic", "t"}}}, Deadline::in(1s));
  EXPECT_LT(memory.growth(), 4 * most_megabytes);
  ASSERT_TRUE(seen);
  EXPECT_NE(seen->outcome, Outcome::accepted);
}

TEST(certificate, of_16_kb_is_cut_and_its_escapes_are_text) {
  const test::HostileBroker broker(
      hostile::behind_tls({.identity = material().named}, hostile::answers(hostile::connack(0))));
  WireProber prober;
  const Client client{.address = "127.0.0.1", .port = broker.port(), .name = "127.0.0.1", .tls = true};
  const auto seen = prober.observe({.client = client}, Deadline::in(5s));
  ASSERT_TRUE(seen);
  ASSERT_THAT(seen->tls->chain, SizeIs(1));
  const auto& subject = seen->tls->chain[0].subject;
  EXPECT_THAT(subject, HasSubstr("script"));
  EXPECT_THAT(subject, testing::EndsWith("..."));
  EXPECT_EQ(subject.size(), 503u);
  for (const char letter : subject) EXPECT_TRUE(letter >= ' ' && letter <= '~') << static_cast<int>(letter);
}

TEST(certificate, of_another_authority_is_refused_however_it_is_named) {
  const test::HostileBroker broker(
      hostile::behind_tls({.identity = material().named}, hostile::answers(hostile::connack(0))));
  WireProber prober;
  const Client client{
      .address = "127.0.0.1", .port = broker.port(), .name = "127.0.0.1", .tls = true, .trust = material().ca};
  EXPECT_EQ(prober.observe({.client = client}, Deadline::in(5s))->by, By::tls_self);
}

TEST(chain, of_100_is_told_to_16) {
  const test::HostileBroker broker(
      hostile::behind_tls({.identity = material().chain_of_100}, hostile::answers(hostile::connack(0))));
  WireProber prober;
  const Client client{.address = "127.0.0.1", .port = broker.port(), .name = "127.0.0.1", .tls = true};
  const auto seen = prober.observe({.client = client}, Deadline::in(5s));
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->outcome, Outcome::accepted) << "nobody asked whom to trust";
  EXPECT_THAT(seen->tls->chain, SizeIs(16));
}

}  // namespace
}  // namespace mqtts::probes
