// What should be refused, tried once more in another guise. It proves nothing when it is refused, but a pass does not
// hold against one that was let in. For brokers that turn away what they take for an examiner, and nobody else.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "harness/engine/run.h"

namespace mqtts::engine {

class Guises {
 public:
  // Borrows all; draws from the world's seed, and does nothing without one.
  Guises(const Plan& plan, World& world, const Options& options, const Deadline& deadline)
      : plan_(plan), world_(world), options_(options), deadline_(deadline) {}

  // Before all else: those that should find a listener closed, and one other, come first and unannounced, with all that
  // the plan's last stage demands but the one thing that they lack.
  void come_first();

  // After the stages, those that were refused once more: of MQTT's refusals all, of the others every second one. A
  // wrong password is tried for another of the plan's users, all else in the other version of MQTT. Then each pass
  // becomes a fail where a guise was let in.
  void come_again(TargetResult& target);

 private:
  struct LetIn {
    Observation seen;
    Message why;
  };
  // False if it was in vain: nobody answers in time.
  bool attempt(const CheckSpec& check, const ClientSpec& client, const std::string& name, const Message& why,
               Clock::duration wait);
  std::optional<std::string> another_account(const ClientSpec& client) const;
  bool drawn(const std::string& label) const;  // every second time

  const Plan& plan_;
  World& world_;
  const Options& options_;
  const Deadline& deadline_;
  std::map<std::string, LetIn> let_in_;  // by the check's id; the first of each
};

}  // namespace mqtts::engine
