#include "harness/probes/host_probe.h"

#include <gtest/gtest.h>

namespace mqtts::probes {
namespace {

// A host that tells one fact, or an error.
class LookedAtHost : public BrokerHost {
 public:
  explicit LookedAtHost(Result<HostLook> look) : look_(std::move(look)) {}
  Result<void> acquire(const std::vector<std::string>&, const Deadline&) override { return {}; }
  Result<Applied> apply(const StageSetup&, const Deadline&) override { return Applied{}; }
  Result<std::string> new_log_lines(const Deadline&) override { return std::string(); }
  Result<bool> broker_runs(const Deadline&) override { return true; }
  Result<std::string> last_error(const Deadline&) override { return std::string(); }
  Result<bool> listens(std::uint16_t, const Deadline&) override { return true; }
  Result<void> restore(const Deadline&) override { return {}; }
  Result<HostLook> look(const Deadline&) override { return look_; }

 private:
  Result<HostLook> look_;
};

Result<Observation> probe(BrokerHost* host) {
  const Attempt attempt{.client = {}, .kind = "host", .host = host};
  return host_kind().run(attempt, Deadline::in(std::chrono::seconds(1)));
}

TEST(HostProbe, returns_what_the_host_tells) {
  LookedAtHost host(HostLook{{{"host.broker_is_root", true}}, {note(msg("the broker keeps the rights of root"))}});
  const auto seen = probe(&host);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->outcome, Outcome::accepted);
  EXPECT_EQ(seen->by, By::broker);
  EXPECT_EQ(seen->facts.size(), 1u);
  EXPECT_EQ(seen->facts.at("host.broker_is_root"), FactValue(true));
  EXPECT_EQ(seen->evidence.size(), 1u);
}

TEST(HostProbe, sees_nothing_without_a_host_or_an_answer) {
  EXPECT_TRUE(host_kind().needs.ssh);
  const auto alone = probe(nullptr);
  ASSERT_FALSE(alone);
  EXPECT_EQ(alone.error().kind, ErrorKind::missing_material);
  LookedAtHost silent(failure(ErrorKind::timeout, msg("the broker's log could not be read")));
  const auto seen = probe(&silent);
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().kind, ErrorKind::timeout);
}

}  // namespace
}  // namespace mqtts::probes
