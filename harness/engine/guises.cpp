#include "harness/engine/guises.h"

#include <algorithm>
#include <vector>

#include "harness/engine/judge.h"
#include "harness/engine/settle.h"
#include "harness/engine/shuffle.h"
#include "harness/model/seed.h"

namespace mqtts::engine {
namespace {

// For the first to come, as a broker that hangs costs enough as it is. Those who come again know that one answers, and
// wait as long as anybody: else who answers slowly would escape them.
constexpr auto wait_of_the_first = std::chrono::seconds(2);

struct Negative {
  const StageSpec* stage = nullptr;
  const CheckSpec* check = nullptr;
  const CheckSpec* control = nullptr;
};

// Where our own side refuses, the broker has nothing to decide.
bool is_for_the_broker(const CheckSpec& check) {
  return check.is_negative() && check.changed != "trust" && check.changed != "mqtt";
}

std::vector<Negative> negatives_of(const Plan& plan, const Options& options) {
  std::vector<Negative> negatives;
  for (const auto& stage : plan.stages) {
    if (!options.wants_stage(stage)) continue;
    for (const auto& check : stage.checks)
      if (is_for_the_broker(check) && options.wants_check(check))
        negatives.push_back({&stage, &check, &*std::ranges::find(stage.checks, check.control, &CheckSpec::id)});
  }
  return negatives;
}

bool is_about_a_listener(const Negative& negative) { return negative.check->changed == "listener"; }

MqttVersion other_than(MqttVersion version) {
  return version == MqttVersion::v5_0 ? MqttVersion::v3_1_1 : MqttVersion::v5_0;
}

Message let_in_with(MqttVersion version) {
  return version == MqttVersion::v5_0 ? msg("refused in MQTT 3.1.1, but let in when it spoke MQTT 5.0")
                                      : msg("refused in MQTT 5.0, but let in when it spoke MQTT 3.1.1");
}

const CheckResult* find(const TargetResult& target, const std::string& id) {
  for (const auto& stage : target.stages)
    for (const auto& check : stage.checks)
      if (check.id == id) return &check;
  return nullptr;
}

}  // namespace

bool Guises::drawn(const std::string& label) const { return draw_number(world_.seed, label, 2) == 1; }

std::optional<std::string> Guises::another_account(const ClientSpec& client) const {
  std::vector<std::string> others;
  for (const auto& [name, unused] : plan_.materials.accounts)
    if (client.account && name != *client.account) others.push_back(name);
  if (others.empty()) return std::nullopt;
  return shuffled(std::move(others), world_.seed, "another user").front();
}

bool Guises::attempt(const CheckSpec& check, const ClientSpec& client, const std::string& name, const Message& why,
                     Clock::duration wait) {
  if (deadline_.passed()) return false;
  auto attempt = to_attempt(client, ConnectAction{}, plan_, world_.endpoint, world_.materials);
  if (!attempt) return true;
  attempt->unwelcome = true;
  attempt->client.speaks_at_once = true;
  make_unforeseeable(*attempt, client, plan_, world_.materials, derive(world_.seed, name + " " + check.id));
  auto seen = world_.prober.observe(*attempt, deadline_.within(wait));
  if (is_accepted(seen)) let_in_.emplace(check.id, LetIn{*seen, why});
  return !(seen && seen->outcome == Outcome::timeout);
}

void Guises::come_first() {
  if (world_.seed.empty()) return;
  auto negatives = shuffled(negatives_of(plan_, options_), world_.seed, "first to come");
  std::stable_partition(negatives.begin(), negatives.end(), is_about_a_listener);
  for (const auto& negative : negatives) {
    const auto dress = wardrobe(plan_, *negative.stage, *negative.control).back();
    attempt(*negative.check, dressed(negative.check->client, dress, negative.check->changed), "first to come",
            msg("refused when it was tried, but let in when it came before all others"),
            std::min<Clock::duration>(options_.probe_timeout, wait_of_the_first));
    if (!is_about_a_listener(negative)) break;
  }
  // What the broker has logged of these is not evidence of the next attempt.
  if (world_.host != nullptr) (void)world_.host->new_log_lines(deadline_.within(options_.probe_timeout));
}

void Guises::come_again(TargetResult& target) {
  if (world_.seed.empty()) return;
  for (const auto& [stage, check, control] : shuffled(negatives_of(plan_, options_), world_.seed, "once more")) {
    const auto* result = find(target, check->id);
    const auto* opened = find(target, control->id);
    if (result == nullptr || result->verdict != Verdict::pass || !result->observed || !was_answered(*result->observed))
      continue;
    // What is refused below MQTT depends less on what is said there.
    const bool is_drawn = drawn("once more " + check->id);
    if (result->observed->by != By::mqtt && !is_drawn) continue;
    const auto dress =
        opened != nullptr && opened->observed ? dress_of(plan_, *stage, *control, *opened->observed) : std::nullopt;
    if (!dress) continue;
    auto client = dressed(check->client, *dress, check->changed);
    const auto other = client.any_password ? another_account(client) : std::nullopt;
    if (!other || is_drawn) client.mqtt = other_than(client.mqtt);
    if (other) client.account = other;
    attempt(*check, client, "once more",
            other ? msg("refused, but {user} was let in with a wrong password", {{"user", *other}})
                  : let_in_with(client.mqtt),
            options_.probe_timeout);
  }
  for (auto& stage : target.stages) {
    for (auto& check : stage.checks) {
      const auto found = let_in_.find(check.id);
      if (found == let_in_.end() || check.verdict != Verdict::pass) continue;
      check.verdict = Verdict::fail;
      check.points = 0;
      check.message = found->second.why;
      check.observed = found->second.seen;
    }
    stage.verdict = verdict_of(stage.checks);
  }
}

}  // namespace mqtts::engine
