#include "harness/probes/logins_probe.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "harness/probes/default_credentials.h"
#include "harness/probes/evidence.h"
#include "harness/probes/logins.h"
#include "harness/util/parse_number.h"

namespace mqtts::probes {
namespace {

constexpr std::size_t default_most = 3;

std::size_t most_of(const Attempt& attempt) {
  const auto found = attempt.parameters.find("most");
  const auto most = found == attempt.parameters.end() ? default_most : leading_number<std::size_t>(found->second);
  return std::min(most, default_credentials.size());
}

class Trying {
 public:
  Trying(const Attempt& attempt, const Deadline& deadline) : attempt_(attempt), logins_(attempt, deadline) {}

  Result<Observation> run() {
    const bool has_own = has_account(attempt_);
    if (has_own) {
      const auto own = let_in_by_own_account();
      if (!own || !*own) return finished(own);
    }
    const auto is_closed = refuses_made_up_login();
    if (!is_closed || !*is_closed) return finished(is_closed);
    const auto all_answered = try_all();
    if (!all_answered) return tl::make_unexpected(all_answered.error());
    seen_.facts["logins.tried"] = static_cast<double>(tried_);
    if (!accepted_.empty()) {
      const auto is_still_closed = refuses_made_up_login();
      if (is_still_closed && *is_still_closed) seen_.facts["logins.accepted"] = accepted_;
      return finished(is_still_closed);
    }
    if (!*all_answered) return seen_;
    if (!has_own) {
      tell(msg("without an account that is let in, these refusals may be those of a broker that refuses everybody"));
      return seen_;
    }
    const auto own = let_in_by_own_account();
    if (own && *own) seen_.facts["logins.accepted"] = accepted_;
    return finished(own);
  }

 private:
  Result<Observation> finished(const Result<bool>& step) {
    if (!step) return tl::make_unexpected(step.error());
    return seen_;
  }

  void tell(Message message) { seen_.evidence.push_back(note(std::move(message))); }

  // The observation is of the first client that is not to be refused, or else of the first that is.
  void remember(const wire::ConnectionFacts& facts) {
    if (std::exchange(is_remembered_, true)) return;
    seen_ = to_observation(facts, attempt_.client);
  }

  Result<bool> let_in_by_own_account() {
    const auto facts = logins_.right();
    if (!facts) return tl::make_unexpected(facts.error());
    remember(*facts);
    if (is_let_in(*facts)) return true;
    tell(msg("the account that should be let in was not: {seen}", {{"seen", summary(*facts)}}));
    return false;
  }

  Result<bool> refuses_made_up_login() {
    const auto facts = logins_.with(logins_.made_up(made_up_length), logins_.made_up(made_up_length));
    if (!facts) return tl::make_unexpected(facts.error());
    remember(*facts);
    if (is_wrong_login(*facts)) return true;
    tell(is_let_in(*facts) ? msg("a made-up login was let in: the broker looks at no user name and password")
                           : msg("a made-up login was not refused as one: {seen}", {{"seen", summary(*facts)}}));
    return false;
  }

  // False if one was neither let in nor refused as a wrong login.
  Result<bool> try_all() {
    bool all_answered = true;
    for (; tried_ < most_of(attempt_); ++tried_) {
      const auto& login = default_credentials.at(tried_);
      const auto facts = logins_.with(std::string(login.user_name), std::string(login.password));
      if (!facts) return tl::make_unexpected(facts.error());
      tell(msg(
          "{user} with the password that {broker} comes with: {seen}",
          {{"user", std::string(login.user_name)}, {"broker", std::string(login.broker)}, {"seen", summary(*facts)}}));
      if (is_let_in(*facts))
        accept(login);
      else if (!is_wrong_login(*facts))
        all_answered = false;
    }
    return all_answered;
  }

  void accept(const DefaultCredentials& login) {
    accepted_.emplace_back(login.user_name);
    auto client = attempt_.client;
    client.user_name = login.user_name;
    client.password = login.password;
    client.password_of = login.user_name;
    seen_.evidence.push_back(connect_command(client));
  }

  const Attempt& attempt_;
  Logins logins_;
  Observation seen_;
  bool is_remembered_ = false;
  std::vector<std::string> accepted_;
  std::size_t tried_ = 0;
};

Result<Observation> probe_logins(const Attempt& attempt, const Deadline& deadline) {
  const auto start = Clock::now();
  auto seen = Trying(attempt, deadline).run();
  if (seen) seen->seconds = seconds_since(start);
  return seen;
}

}  // namespace

ProbeKind logins_kind() {
  return {.name = "logins",
          .parameters = {{"most", ProbeParameter::Type::number, false, static_cast<int>(default_credentials.size())}},
          .facts = {{"logins.accepted", FactType::texts}, {"logins.tried", FactType::number}},
          .run = probe_logins};
}

}  // namespace mqtts::probes
