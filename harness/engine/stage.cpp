#include "harness/engine/stage.h"

#include <algorithm>
#include <future>
#include <map>
#include <set>

#include "harness/engine/judge.h"
#include "harness/engine/shuffle.h"
#include "harness/model/seed.h"

namespace mqtts::engine {
namespace {

// One attempt: what was seen, and how long it took.
struct Attempted {
  Seen seen;
  double seconds = 0;
};

// A control's opening: how its client had to be dressed to be let in, if it was.
struct Opening {
  Attempted attempted;
  Dress dress;
  std::optional<Observation> turned_away;  // as stated, where what is demanded besides cannot be given
};

void redact(std::string& text, const std::optional<std::string>& secret) {
  if (!secret || secret->empty()) return;
  for (auto at = text.find(*secret); at != std::string::npos; at = text.find(*secret, at + 3))
    text.replace(at, secret->size(), "***");
}

// A client that is turned away with an answer may be let in once it brings what a later stage demands; one that
// nobody answers may not.
bool was_turned_away(const Seen& seen) {
  return seen && (seen->outcome == Outcome::closed ||
                  (seen->outcome == Outcome::refused && (seen->by == By::mqtt || seen->by == By::tls_peer)));
}

class StageRun {
 public:
  StageRun(const Plan& plan, const StageSpec& stage, World& world, const Options& options, const Deadline& deadline)
      : plan_(plan), stage_(stage), world_(world), options_(options), deadline_(deadline) {
    for (const auto& check : stage.checks) by_id_[check.id] = &check;
    std::vector<const CheckSpec*> checks;
    for (const auto& check : stage.checks) checks.push_back(&check);
    in_turn_ = shuffled(std::move(checks), world.seed, "checks of " + stage.id);
  }

  std::vector<CheckResult> run() {
    open_controls();
    attempt_negatives();
    close_controls();
    return judge_all();
  }

 private:
  bool wanted(const CheckSpec& check) const { return options_.wants_check(check); }

  // A negative check that is not wanted itself is tried all the same where a wanted one is proven by it.
  bool is_tried(const CheckSpec& negative) const {
    return wanted(negative) || std::ranges::any_of(stage_.checks, [&](const CheckSpec& it) {
             return wanted(it) && std::ranges::find(it.proven_by, negative.id) != it.proven_by.end();
           });
  }

  bool is_leant_on(const CheckSpec& control) const {
    return std::ranges::any_of(stage_.checks,
                               [&](const CheckSpec& it) { return it.control == control.id && is_tried(it); });
  }

  void open_controls() {
    for (const auto* check : in_turn_) {
      if (check->is_negative() || !(wanted(*check) || is_leant_on(*check))) continue;
      world_.progress.waiting_for(msg("{check}", {{"check", check->id}}));
      openings_.emplace(check->id, open(*check));
    }
  }

  // With --observe, tries what a later stage demands when the client as stated is turned away for the lack of it.
  Opening open(const CheckSpec& check) {
    Opening first{attempt(check.id, check.client, check.action), {}};
    if (options_.mode == Mode::apply) return first;
    Dress worn;
    auto answer = first.attempted.seen;
    for (const auto& dress : wardrobe(plan_, stage_, check)) {
      if (dress.demanded_by.empty() || !asks_for(dress, worn, answer)) continue;
      auto attempted = attempt(check.id + " for " + dress.demanded_by, dressed(check.client, dress), check.action);
      attempted.seconds += first.attempted.seconds;
      // What it demands we do not have, or no answer came: then nothing can be said of the check, and least of all that
      // the client was turned away.
      if (!attempted.seen) return {std::move(attempted), {}, *first.attempted.seen};
      if (attempted.seen->outcome == Outcome::timeout) return {std::move(attempted), {}};
      worn = dress;
      answer = attempted.seen;
      if (!is_accepted(answer)) continue;
      attempted.seen->superseded_by = dress.demanded_by;
      return {std::move(attempted), dress};
    }
    return first;
  }

  // True if `answer` is what a broker says to a client that lacks what `dress` adds to `worn`. Where no check of the
  // plan tells what that is, any answer may be it.
  bool asks_for(const Dress& dress, const Dress& worn, const Seen& answer) const {
    if (!was_turned_away(answer)) return false;
    const auto proofs = proofs_of_demand(plan_, stage_, dress, worn);
    return proofs.empty() || std::ranges::any_of(proofs, [&](const auto* it) { return is_allowed(*it, *answer); });
  }

  void attempt_negatives() {
    std::vector<std::pair<const CheckSpec*, std::future<Attempted>>> side_by_side;
    for (const auto* check : in_turn_) {
      if (!check->is_negative() || !is_tried(*check)) continue;
      const auto& control = openings_.at(check->control);
      if (!is_accepted(control.attempted.seen)) continue;
      const auto client = dressed(check->client, control.dress, check->changed);
      world_.progress.waiting_for(msg("{check}", {{"check", check->id}}));
      // The broker's log does not say whom it refuses: where we read it, one attempt at a time.
      if (world_.host != nullptr || options_.pace == Pace::one_at_a_time)
        negatives_.emplace(check->id, attempt_unwelcome(check->id, client));
      else
        side_by_side.emplace_back(check, std::async(std::launch::async, [this, check, client] {
                                    return attempt_unwelcome(check->id, client);
                                  }));
    }
    for (auto& [check, future] : side_by_side) negatives_.emplace(check->id, future.get());
  }

  void close_controls() {
    const auto when = options_.pace == Pace::side_by_side ? std::launch::async : std::launch::deferred;
    std::map<std::string, std::future<Attempted>> closing;
    for (const auto& [id, opening] : openings_) {
      const auto& check = *by_id_.at(id);
      if (!is_leant_on(check) || !is_accepted(opening.attempted.seen)) continue;
      const auto client = dressed(check.client, opening.dress);
      closing.emplace(id, std::async(when, [this, client, &check] {
                        return attempt(check.id + " again", client, check.action, Log::leave);
                      }));
    }
    for (auto& [id, future] : closing) closings_.emplace(id, future.get());
  }

  std::vector<CheckResult> judge_all() {
    std::vector<CheckResult> results;
    for (const auto& check : stage_.checks) {
      if (!wanted(check)) continue;
      results.push_back(check.is_negative() ? negative_result(check) : positive_result(check));
      world_.progress.check_done(results.back());
    }
    return results;
  }

  CheckResult positive_result(const CheckSpec& check) {
    const auto& opening = openings_.at(check.id).attempted;
    PositiveEvidence evidence{.opening = opening.seen,
                              .silence = options_.mode == Mode::observe ? Silence::is_doubt : Silence::is_an_end,
                              .host = host_says(check, opening.seen),
                              .port = plan_.listeners.at(check.client.listener).port};
    if (evidence.host == HostSays::broker_is_down) evidence.last_error = last_error(check);
    if (const auto closing = closings_.find(check.id); closing != closings_.end())
      evidence.closing = closing->second.seen;
    for (const auto& id : check.proven_by)
      if (const auto witness = negatives_.find(id); witness != negatives_.end())
        evidence.witnesses.push_back({by_id_.at(id), witness->second.seen});
    auto result = this->result(check, judge_positive(check, evidence), &opening);
    if (!result.observed) result.observed = openings_.at(check.id).turned_away;
    return result;
  }

  CheckResult negative_result(const CheckSpec& check) {
    NegativeEvidence evidence{.opening_control = openings_.at(check.control).attempted.seen};
    const auto attempted = negatives_.find(check.id);
    if (attempted != negatives_.end()) evidence.seen = attempted->second.seen;
    if (const auto closing = closings_.find(check.control); closing != closings_.end())
      evidence.closing_control = closing->second.seen;
    return result(check, judge_negative(check, evidence), attempted == negatives_.end() ? nullptr : &attempted->second);
  }

  static CheckResult result(const CheckSpec& check, const Judgement& judgement, const Attempted* attempted) {
    auto result = unrun(check, judgement.verdict, judgement.message);
    if (attempted == nullptr) return result;
    result.seconds = attempted->seconds;
    if (attempted->seen) result.observed = *attempted->seen;
    return result;
  }

  HostSays host_says(const CheckSpec& check, const Seen& seen) const {
    if (!seen || seen->by != By::network || world_.host == nullptr) return HostSays::nothing;
    const auto runs = world_.host->broker_runs(deadline_.within(options_.probe_timeout));
    if (!runs) return HostSays::nothing;
    if (!*runs) return HostSays::broker_is_down;
    if (was_answered(*seen)) return HostSays::broker_runs;
    const auto listens = world_.host->listens(port_of(plan_, check.client), deadline_.within(options_.probe_timeout));
    return listens && !*listens ? HostSays::nothing_listens : HostSays::broker_runs;
  }

  // Without these words a verdict stands all the same.
  std::string last_error(const CheckSpec& check) const {
    auto error = world_.host->last_error(deadline_.within(options_.probe_timeout)).value_or("");
    const auto attempt = to_attempt(check.client, check.action, plan_, world_.endpoint, world_.materials);
    if (attempt) redact(error, attempt->client.password);
    return error;
  }

  enum class Log {
    read,
    leave
  };

  enum class Burden {
    is_welcome,
    is_unwelcome
  };

  // `name` is that of the attempt, of which a target has no other: what is random in it is drawn for that name.
  Attempted attempt(const std::string& name, const ClientSpec& client, const Action& action, Log log = Log::read) {
    const auto start = Clock::now();
    auto seen = observe(name, client, action, log, Burden::is_welcome);
    return {std::move(seen), seconds_since(start)};
  }

  Attempted attempt_unwelcome(const std::string& name, const ClientSpec& client) {
    const auto start = Clock::now();
    auto seen = observe(name, client, ConnectAction{}, Log::read, Burden::is_unwelcome);
    return {std::move(seen), seconds_since(start)};
  }

  Seen observe(const std::string& name, const ClientSpec& client, const Action& action, Log log, Burden burden) {
    if (deadline_.stopped()) return failure(ErrorKind::interrupted, msg("stopped before it was tried"));
    if (deadline_.passed()) return failure(ErrorKind::timeout, msg("the run's deadline passed before it was tried"));
    auto attempt = to_attempt(client, action, plan_, world_.endpoint, world_.materials);
    if (!attempt) return tl::make_unexpected(attempt.error());
    attempt->unwelcome = burden == Burden::is_unwelcome;
    if (!world_.seed.empty()) make_unforeseeable(*attempt, client, plan_, world_.materials, derive(world_.seed, name));
    const auto deadline = deadline_.within(options_.probe_timeout);
    auto seen = world_.prober.observe(*attempt, deadline);
    if (world_.host == nullptr || log == Log::leave) return seen;
    // The log is a third witness for people; without it a verdict stands all the same.
    auto lines = world_.host->new_log_lines(deadline_.within(options_.probe_timeout));
    if (seen && lines && !lines->empty()) {
      redact(*lines, attempt->client.password);
      if (attempt->reader) redact(*lines, attempt->reader->password);
      seen->evidence.push_back({"broker-log", *std::move(lines)});
    }
    return seen;
  }

  const Plan& plan_;
  const StageSpec& stage_;
  World& world_;
  const Options& options_;
  const Deadline& deadline_;
  std::map<std::string, const CheckSpec*> by_id_;
  std::vector<const CheckSpec*> in_turn_;       // the stage's checks in the order in which they are tried
  std::map<std::string, Opening> openings_;     // positive checks and controls, by id
  std::map<std::string, Attempted> negatives_;  // only those whose control was let in
  std::map<std::string, Attempted> closings_;   // controls, once more
};

}  // namespace

CheckResult unrun(const CheckSpec& check, Verdict verdict, Message why) {
  return {.id = check.id,
          .title = check.title,
          .hint = check.hint,
          .tags = check.tags,
          .verdict = verdict,
          .points = verdict == Verdict::pass ? check.points : 0,
          .max_points = check.points,
          .control = check.control,
          .changed = check.changed,
          .expected = check.expected,
          .message = std::move(why)};
}

std::vector<CheckResult> run_checks(const Plan& plan, const StageSpec& stage, World& world, const Options& options,
                                    const Deadline& deadline) {
  return StageRun(plan, stage, world, options, deadline).run();
}

}  // namespace mqtts::engine
