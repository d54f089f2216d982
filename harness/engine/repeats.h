// What is refused once must be refused again: by other client programs, in both versions of MQTT, at other times. A
// repeated refusal proves nothing by itself, since it has no control, but a pass does not hold against a client that
// was let in: by a weak back end of a load balancer, by a listener that looks at one version of MQTT only, or by a
// broker that turns away what it takes for an examiner.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/engine/closed_listener.h"
#include "harness/engine/run.h"

namespace mqtts::engine {

class Repeats {
 public:
  // Borrows all.
  Repeats(const Plan& plan, Environment& environment, const Options& options, const Deadline& deadline)
      : plan_(plan), environment_(environment), options_(options), deadline_(deadline) {}

  // Observe mode: before all else, those that should find a listener closed, and one other, come first and
  // unannounced, with all that the plan's last stage demands but the one thing that they lack.
  void before_stages();

  // Observe mode: after the stages, each refusal that passed is repeated until options.repeat connections were refused,
  // wrong logins last. One that is no longer refused in the same way, as by a limit
  // or a ban, is not repeated any more; if its control is not let in afterwards, it becomes an `error`. A pass becomes
  // a `fail` where a client was let in, and an `error` where one got no answer in time. A certificate that is refused
  // is tried as often again with the issuer's name of the control's. Ports that TCP gets no answer from are tried for
  // the last time and judged anew.
  void after_stages(TargetResult& target, const SeenBesides& seen);

  // Apply mode: while the stage's configuration is in effect, each refusal once by Paho, and once in the other version
  // of MQTT; a stranger's certificate once with the lab's CA as its issuer by name.
  void after_stage(StageResult& stage, const SeenBesides& seen);

 private:
  struct LetIn {
    Observation seen;
    Message why;
  };
  // A negative check, and what came of it.
  struct Refusal {
    const StageSpec* stage = nullptr;
    const CheckSpec* check = nullptr;
    const CheckSpec* control = nullptr;
    CheckResult* result = nullptr;
    const Observation* control_seen = nullptr;
    ClientPatch patch{};              // the control was let in with this
    bool required_client_id = false;  // and had to say an id
    int refused = 1;                  // connections
    bool goes_on = true;
    bool is_cut_short = false;  // not repeated as often as asked: a signal, or the run's deadline
    bool was_silent = false;    // the broker took the connection that was the last one, and did not answer
    std::string ended{};        // how the connection ended after which it was not repeated any more
  };
  // One connection.
  struct Ask {
    ClientSpec client;
    std::string name;     // of the attempt, of which a run has no other
    std::string address;  // empty: the broker's first
    Programs programs = Programs::probe_only;
    bool connect_without_waiting = false;
    bool requires_client_id = false;
    bool at_most_tls_1_2 = false;
    bool expects_rejection = false;
    Wrong wrong = Wrong::altered;
    std::string imitated_certificate{};  // whose issuer's name the client's certificate bears; empty: its own
    Clock::duration wait{};
    std::string check{};  // in whose capture it is recorded; empty: in none
  };

  struct Variant {
    Ask how;
    Message why;  // what it means if it is let in
  };

  Result<Attempt> attempt_of(const Ask& how) const;
  Seen ask(const Ask& how);
  // Remembers who is let in and should not be.
  Seen ask_expecting_rejection(const CheckSpec& check, Ask how, const Message& why);
  std::vector<Refusal> refusals_of(std::vector<StageResult>& stages, const SeenBesides& seen) const;
  using ConnectionsOf = std::function<int(const CheckSpec&)>;
  void repeat(std::vector<Refusal> refusals, const ConnectionsOf& connections);
  Variant variant(const Refusal& refusal, int number) const;  // `number` from 1
  std::string imitated_certificate(const Refusal& refusal) const;
  // The last ones of a certificate that is refused: as many again as else, or one of an applied stage.
  bool is_forged(int number) const { return number >= (options_.mode == Mode::observe ? options_.repeat : 3); }
  void repeat_once(Refusal& refusal, int number);
  void doubt_what_a_ban_may_have_refused(std::vector<Refusal>& refusals);
  static void doubt_what_was_not_answered(const std::vector<Refusal>& refusals);
  void doubt_what_was_cut_short(const std::vector<Refusal>& refusals);
  bool control_is_let_in(const Refusal& refusal);
  void repeat_at_other_addresses(std::vector<Refusal>& refusals);
  std::optional<std::string> another_account(const ClientSpec& client) const;
  static void fail(CheckResult& check, Message why);
  void fail_where_let_in(std::vector<StageResult>& stages) const;

  void come_first_with_issued_certificate(Refusal first, const Seen& seen, Clock::duration wait);
  void ask_all_ports_at_once();
  std::vector<std::string> addresses() const;
  PortTry try_port(const Refusal& refusal, const std::string& address, const std::string& name, Clock::duration wait);
  void judge_port_again(const Refusal& refusal, const std::vector<PortTry>& tries);

  const Plan& plan_;
  Environment& environment_;
  const Options& options_;
  const Deadline& deadline_;
  std::set<std::string> cut_short_;                          // ids of checks whose refusal was not repeated
  std::map<std::string, LetIn> let_in_;                      // by the check's id; the first of each
  std::map<std::string, std::vector<PortTry>> first_tries_;  // as SeenBesides::port_tries
};

}  // namespace mqtts::engine
