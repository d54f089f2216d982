#include "harness/engine/cross_check.h"

#include <algorithm>
#include <map>
#include <optional>

#include "harness/engine/judge.h"
#include "harness/engine/set_aside.h"

namespace mqtts::engine {
namespace {

// A check of the plan, and what came of it.
struct CheckedResult {
  const StageSpec* stage = nullptr;
  const CheckSpec* check = nullptr;
  CheckResult* result = nullptr;
  std::uint16_t port = 0;

  bool is_positive() const { return !check->is_negative(); }
  bool is_refused() const {
    return result->observed && result->observed->by == By::network && result->observed->reason == "connection_refused";
  }
};

class CrossCheck {
 public:
  CrossCheck(const Plan& plan, Environment& environment, const RecordingProber& prober, const Options& options,
             const Deadline& deadline, TargetResult& target)
      : plan_(plan), environment_(environment), prober_(prober), options_(options), deadline_(deadline) {
    for (auto& stage : target.stages) {
      const auto& spec = *std::ranges::find(plan.stages, stage.id, &StageSpec::id);
      for (auto& result : stage.checks) {
        const auto& check = *std::ranges::find(spec.checks, result.id, &CheckSpec::id);
        all_.push_back({&spec, &check, &result, port_of(plan, check.client)});
      }
    }
  }

  void run() {
    for (auto& each : all_) doubt_intermittent_listener(each);
    for (auto& each : all_) doubt_restarted_broker(each);
    for (auto& each : all_) doubt_client_accepted_elsewhere(each);
    for (auto& each : all_) require_proof_of_patch(each);
    for (auto& each : all_) require_mistake_set_aside(each);
    for (auto& each : all_) fail_where_another_was_let_in(each);
    for (auto& each : all_) accept_listener_closed_later(each);
    for (auto& each : all_) fail_closed_port(each);
    for (auto& each : all_) doubt_closed_port(each);
    for (auto& each : all_) name_silent_port(each);
    for (auto& each : all_) name_mixed_up_ports(each);
    for (auto& each : all_) drop_advice_that_opens(each);
  }

 private:
  static void set(CheckedResult& looked, Verdict verdict, Message why) {
    looked.result->verdict = verdict;
    looked.result->points = verdict == Verdict::pass ? looked.result->max_points : 0;
    looked.result->message = std::move(why);
  }

  void doubt_intermittent_listener(CheckedResult& looked) {
    if (looked.is_positive() || looked.result->verdict != Verdict::pass || !looked.result->observed) return;
    if (was_answered(*looked.result->observed)) return;
    const auto* let_in =
        find_on(looked.port, [](const Observation& seen) { return seen.outcome == Outcome::accepted; });
    const auto* answered = find_on(looked.port, was_answered);
    if (let_in != nullptr)
      set(looked, Verdict::fail,
          msg("nothing answered on port {port} just then, but a client was let in there when {check} was tried",
              {{"port", std::to_string(looked.port)}, {"check", let_in->check->id}}));
    else if (answered != nullptr)
      set(looked, Verdict::error,
          msg("nothing answered on port {port} just then, but something did when {check} was tried",
              {{"port", std::to_string(looked.port)}, {"check", answered->check->id}}));
  }

  // A client that found nobody, or lost its connection, where the broker has spoken during the same look: it may have
  // been restarted meanwhile, or limit connections. Where that is not known, it is asked once more after a pause.
  void doubt_restarted_broker(CheckedResult& looked) {
    if (!looked.is_positive() || looked.result->verdict != Verdict::fail || !looked.result->observed) return;
    const auto& seen = *looked.result->observed;
    const bool lost_early = is_lost_before_a_word(seen);
    if (!lost_early && seen.outcome != Outcome::closed) return;
    if (!(lost_early && prober_.has_spoken(looked.port)) && !was_away(looked, seen)) return;
    set(looked, Verdict::error,
        msg("not let in just then, but the broker answered on port {port} at another time: was it restarted, or does "
            "it "
            "limit connections?",
            {{"port", std::to_string(looked.port)}}));
  }

  // The same client, with all that it brings, was let in at another time of the look: a limit or a ban has come
  // between, with whatever code. (One that was not refused, and is let in now, has failed for what it did.)
  void doubt_client_accepted_elsewhere(CheckedResult& looked) {
    if (!looked.is_positive() || looked.result->verdict != Verdict::fail || !looked.result->observed) return;
    const auto& seen = *looked.result->observed;
    if (seen.outcome == Outcome::accepted || seen.by == By::network || seen.by == By::tls_self) return;
    if (seen.facts.contains("delivery.refused")) return;  // that was another client
    for (const auto& patch : {ClientPatch{}, escalations(plan_, *looked.stage, *looked.check).back()}) {
      const auto client = to_client(patched(looked.check->client, with_aside(looked, patch)), plan_,
                                    environment_.endpoint, environment_.materials);
      if (!client || !prober_.was_let_in(*client)) continue;
      if (seen.outcome != Outcome::refused && is_let_in(connect(looked, patch))) continue;
      set(looked, Verdict::error,
          msg("turned away, but the same client was let in at another time: does the broker limit or ban clients?"));
      return;
    }
  }

  // Asked only of who lost a connection: a port that refuses is settled below.
  bool was_away(const CheckedResult& looked, const Observation& seen) {
    if (seen.outcome != Outcome::closed) return false;
    if (!options_.pauses.empty() && !has_paused_) pause_for(options_.pauses.front(), deadline_);
    has_paused_ = true;
    for (const auto& patch : {ClientPatch{}, escalations(plan_, *looked.stage, *looked.check).back()}) {
      const auto again = connect(looked, patch);
      if (is_let_in(again)) return true;
      if (again && is_lost_before_a_word(*again) != is_lost_before_a_word(seen)) return true;
    }
    return false;
  }

  template <class Is>
  const CheckedResult* find_on(std::uint16_t port, const Is& is) const {
    const auto found = std::ranges::find_if(all_, [&](const CheckedResult& other) {
      return other.port == port && other.result->observed && is(*other.result->observed);
    });
    return found == all_.end() ? nullptr : &*found;
  }

  const CheckedResult* find(const CheckSpec& check) const {
    const auto found = std::ranges::find(all_, &check, &CheckedResult::check);
    return found == all_.end() ? nullptr : &*found;
  }

  std::optional<ClientPatch> worn_by(const CheckedResult& looked) const {
    return looked.result->observed ? applied_patch(plan_, *looked.stage, *looked.check, *looked.result->observed)
                                   : ClientPatch{};
  }

  // Where none of these checks could be judged, the client itself is one: as stated it is refused for the lack of what
  // was added, and with it let in. Twice, since once may be chance.
  void require_proof_of_patch(CheckedResult& looked) {
    const auto patch = worn_by(looked);
    if (asks_for_a_layer(looked.check->expected) && looked.result->observed &&
        layer_of(*looked.result->observed) < Layer::mqtt)
      return;
    if (!looked.is_positive() || looked.result->verdict != Verdict::pass || !patch || patch->demanded_by.empty())
      return;
    const auto proofs = checks_requiring(plan_, *looked.stage, *patch);
    const auto judged = [&](Verdict verdict) {
      return std::ranges::any_of(proofs, [&](const CheckSpec* proof) {
        const auto* run = find(*proof);
        return run != nullptr && run->result->verdict == verdict;
      });
    };
    const std::map<std::string, std::string> stage{{"stage", patch->demanded_by}};
    if (judged(Verdict::pass)) return;
    if (judged(Verdict::fail))
      set(looked, Verdict::fail,
          msg("let in only with what stage {stage} demands, and that stage does not hold", stage));
    else if (!is_asked_for_again(looked, *patch, proofs))
      set(looked, Verdict::error, msg("let in only with what stage {stage} demands, which could not be proven", stage));
  }

  // What is set aside is a mistake that another check answers for: where that one holds, it was none.
  void require_mistake_set_aside(CheckedResult& looked) {
    if (looked.result->verdict != Verdict::pass || !looked.result->observed) return;
    for (const auto* answering : answering_for(plan_, looked.result->observed->set_aside)) {
      const auto* answer = find(*answering);
      if (answer == nullptr || answer->result->verdict != Verdict::pass) continue;
      set(looked, Verdict::error,
          msg("this held only with something set aside that {check} has found to be right, so it proves nothing",
              {{"check", answering->id}}));
      return;
    }
  }

  // Who brings no account, or no certificate, is let in at no time of the look, whatever it was tried for. A client
  // that brought something else in its place, which the check's own did not bring, says nothing.
  void fail_where_another_was_let_in(CheckedResult& looked) {
    const auto& check = *looked.check;
    if (looked.is_positive() || looked.result->verdict != Verdict::pass || !looked.result->observed) return;
    const auto& tls = looked.result->observed->tls;
    const bool sent_certificate = tls && tls->certificate_sent;
    const bool no_account = check.changed == "account" && !check.client.account && !check.client.user_name;
    const bool no_certificate = check.changed == "certificate" && !check.client.certificate;
    if (!is_of_tls(looked) || !(no_account || no_certificate)) return;
    const auto brings_no_more = [&](const Client& it) {
      if (it.port != looked.port || !it.tls) return false;
      if (no_account) return !it.user_name && !it.password && (sent_certificate || !it.identity);
      return !it.identity && (!it.user_name || it.user_name == check.client.account);
    };
    if (prober_.was_any_let_in(brings_no_more))
      set(looked, Verdict::fail, msg("refused when it was tried, but let in at another time"));
  }

  bool is_asked_for_again(const CheckedResult& looked, const ClientPatch& patch,
                          const std::vector<const CheckSpec*>& proofs) {
    const auto without = connect(looked, {});
    const bool is_refused = without && !is_accepted(without) && was_answered(*without) &&
                            (proofs.empty() || std::ranges::any_of(proofs, [&](const auto* proof) {
                               return is_allowed(*proof, *without);
                             }));
    return is_refused && is_accepted(connect(looked, patch));
  }

  // Something took both connections and never spoke, and the later check passed: by the host, which has no such socket.
  static bool is_closed_by_the_hosts_word(const CheckedResult& looked, const CheckedResult& other) {
    return never_spoke(*looked.result->observed) && other.result->observed && was_answered(*other.result->observed);
  }

  static bool never_spoke(const Observation& seen) {
    return seen.outcome == Outcome::closed || seen.outcome == Outcome::timeout;
  }

  // A later check that proves the listener of `looked` to be rightly closed by now.
  const CheckedResult* closed_by(const CheckedResult& looked) const {
    const auto later = [&](const StageSpec* stage) {
      return stage != looked.stage && std::ranges::find(plan_.stages, looked.stage->id, &StageSpec::id) <
                                          std::ranges::find(plan_.stages, stage->id, &StageSpec::id);
    };
    const auto found = std::ranges::find_if(all_, [&](const CheckedResult& other) {
      return other.check->changed == "listener" && other.check->client.listener == looked.check->client.listener &&
             other.result->verdict == Verdict::pass && later(other.stage) &&
             (is_allowed(*other.check, *looked.result->observed) || is_closed_by_the_hosts_word(looked, other));
    });
    return found == all_.end() ? nullptr : &*found;
  }

  // A later check should have proven that, and could not be judged itself, for no fault of its control.
  bool may_be_closed_rightly(const CheckedResult& looked) const {
    return std::ranges::any_of(all_, [&](const CheckedResult& other) {
      const bool closes = other.check->changed == "listener" &&
                          other.check->client.listener == looked.check->client.listener && other.stage != looked.stage;
      if (!closes || other.result->verdict == Verdict::pass || other.result->verdict == Verdict::fail) return false;
      return std::ranges::none_of(all_, [&](const CheckedResult& control) {
        return control.check->id == other.check->control && control.result->verdict == Verdict::fail;
      });
    });
  }

  void accept_listener_closed_later(CheckedResult& looked) {
    if (!looked.is_positive() || looked.result->verdict == Verdict::pass || !looked.result->observed) return;
    if (was_answered(*looked.result->observed) && !never_spoke(*looked.result->observed)) return;
    const auto* closing = closed_by(looked);
    if (closing == nullptr) return;
    set(looked, Verdict::pass,
        msg("closed by now, as stage {stage} demands and proves", {{"stage", closing->stage->id}}));
    looked.result->observed->superseded_by = closing->stage->id;
  }

  void fail_closed_port(CheckedResult& looked) {
    if (!looked.is_positive() || looked.result->verdict != Verdict::error || !looked.is_refused()) return;
    if (may_be_closed_rightly(looked)) return;
    auto known = answering_instead_.find(looked.port);
    if (known == answering_instead_.end())
      known = answering_instead_.emplace(looked.port, answering_instead_of(looked)).first;
    if (!known->second) return;
    set(looked, Verdict::fail,
        msg("nothing listens on port {port}, while the broker answers on port {other}",
            {{"port", std::to_string(looked.port)}, {"other", std::to_string(*known->second)}}));
  }

  // The host knows that nothing listens there, but not that it should.
  void doubt_closed_port(CheckedResult& looked) {
    if (!looked.is_positive() || looked.result->verdict != Verdict::fail || !looked.result->observed) return;
    if (was_answered(*looked.result->observed) || !may_be_closed_rightly(looked)) return;
    set(looked, Verdict::error,
        msg("nothing listens on port {port}, and whether a later stage has closed it could not be judged",
            {{"port", std::to_string(looked.port)}}));
  }

  // "The broker may be down" is for a broker that has said nothing anywhere.
  void name_silent_port(CheckedResult& looked) {
    if (!looked.is_positive() || looked.result->verdict != Verdict::error || !looked.is_refused()) return;
    if (!prober_.has_spoken()) return;
    set(looked, Verdict::error,
        msg("nothing listens on port {port}, and whether a later stage has closed it could not be judged",
            {{"port", std::to_string(looked.port)}}));
  }

  // The verdict stays: only its reason is told better.
  void name_mixed_up_ports(CheckedResult& looked) {
    if (!looked.is_positive() || looked.result->verdict == Verdict::pass || !looked.result->observed) return;
    const auto& seen = *looked.result->observed;
    const std::map<std::string, std::string> port{{"port", std::to_string(looked.port)}};
    const bool is_wordless = seen.outcome == Outcome::closed || seen.outcome == Outcome::garbled ||
                             (seen.outcome == Outcome::timeout && seen.reason == "no_answer");
    const bool has_said_hello = seen.tls && !seen.tls->version.empty();
    if (is_wordless && is_of_tls(looked) && !has_said_hello && speaks(looked.port, Protocol::in_clear))
      set(looked, looked.result->verdict,
          msg("port {port} answers in MQTT, but in clear: TLS is not set up on it", port));
    else if (is_wordless && !is_of_tls(looked) && speaks(looked.port, Protocol::over_tls))
      set(looked, looked.result->verdict, msg("port {port} answers, but over TLS only", port));
    else if (looked.is_refused() && is_of_tls(looked))
      if (const auto other = port_in_clear(); other && speaks(*other, Protocol::over_tls))
        set(looked, looked.result->verdict,
            msg("nothing listens on port {port}, and TLS answers on port {other}: are the two mixed up?",
                {{"port", std::to_string(looked.port)}, {"other", std::to_string(*other)}}));
  }

  enum class Protocol {
    in_clear,
    over_tls
  };

  std::optional<std::uint16_t> port_in_clear() const {
    const auto found = std::ranges::find_if(all_, [this](const CheckedResult& it) { return !is_of_tls(it); });
    return found == all_.end() ? std::nullopt : std::optional(found->port);
  }

  // A client without any material gets an answer there: MQTT, or a ServerHello.
  bool speaks(std::uint16_t port, Protocol protocol) {
    const auto [known, is_new] = spoken_.try_emplace({port, protocol}, false);
    if (!is_new) return known->second;
    const bool tls = protocol == Protocol::over_tls;
    Attempt attempt{.client = {.address = environment_.endpoint.address,
                               .port = port,
                               .name = environment_.endpoint.name,
                               .tls = tls,
                               .requires_client_id = true},
                    .programs = Programs::probe_only};
    attempt.timeout = std::min<Clock::duration>(options_.probe_timeout, std::chrono::seconds(2));
    const auto seen = environment_.prober.observe(attempt, deadline_);
    if (seen) known->second = tls ? seen->tls && !seen->tls->version.empty() : layer_of(*seen) >= Layer::tls;
    return known->second;
  }

  // A broker that speaks TLS, or refuses logins, has gone further than a port in clear for everybody: nobody is told to
  // open one.
  void drop_advice_that_opens(CheckedResult& looked) {
    if (!looked.is_positive() || looked.result->verdict == Verdict::pass || is_of_tls(looked)) return;
    const auto has_gone_further = [&](const CheckedResult& other) {
      if (!other.result->observed) return false;
      const auto& seen = *other.result->observed;
      return is_of_tls(other) ? layer_of(seen) >= Layer::network : seen.by == By::mqtt;
    };
    if (std::ranges::any_of(all_, has_gone_further)) looked.result->hint = {};
  }

  bool is_of_tls(const CheckedResult& looked) const { return plan_.listeners.at(looked.check->client.listener).tls; }

  // Another port where a client has been let in before, and is again after this one has been refused again.
  std::optional<std::uint16_t> answering_instead_of(const CheckedResult& refused) {
    const auto other = std::ranges::find_if(all_, [&](const CheckedResult& it) {
      return it.is_positive() && it.port != refused.port && it.result->observed &&
             it.result->observed->outcome == Outcome::accepted && worn_by(it);
    });
    if (other == all_.end()) return std::nullopt;
    const auto was_there = [](const Observation& seen) { return seen.outcome == Outcome::accepted; };
    if (find_on(refused.port, was_there) != nullptr) return std::nullopt;
    const auto again = connect(refused, {});
    if (!again || again->by != By::network || again->reason != "connection_refused") return std::nullopt;
    return is_accepted(connect(*other, *worn_by(*other))) ? std::optional(other->port) : std::nullopt;
  }

  // With the same set aside as when it was tried.
  ClientPatch with_aside(const CheckedResult& looked, ClientPatch patch) const {
    if (looked.result->observed) patch.aside = set_aside_of(plan_, looked.result->observed->set_aside);
    return patch;
  }

  Seen connect(const CheckedResult& looked, const ClientPatch& patch) {
    auto attempt = to_attempt(patched(looked.check->client, with_aside(looked, patch)), ProbeSpec{}, plan_,
                              environment_.endpoint, environment_.materials);
    if (!attempt) return tl::make_unexpected(attempt.error());
    attempt->timeout = options_.probe_timeout;
    randomize(*attempt, looked.check->client, plan_, environment_.materials, environment_.seed,
              looked.check->id + " once more for " + patch.demanded_by);
    record_traffic(*attempt, environment_, plan_, looked.check->id, looked.check->id + " once more");
    return environment_.prober.observe(*attempt, deadline_);
  }

  const Plan& plan_;
  Environment& environment_;
  const RecordingProber& prober_;
  const Options& options_;
  const Deadline& deadline_;
  bool has_paused_ = false;
  std::vector<CheckedResult> all_;
  std::map<std::uint16_t, std::optional<std::uint16_t>> answering_instead_;  // by a refusing port
  std::map<std::pair<std::uint16_t, Protocol>, bool> spoken_;
};

}  // namespace

void cross_check(const Plan& plan, Environment& environment, const RecordingProber& prober, const Options& options,
                 const Deadline& deadline, TargetResult& target) {
  CrossCheck(plan, environment, prober, options, deadline, target).run();
  for (auto& stage : target.stages) stage.verdict = verdict_of(stage.checks);
}

}  // namespace mqtts::engine
