// One message on its way: published by one client, waited for by another, beside a sentinel.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "harness/model/interfaces.h"
#include "harness/model/observation.h"
#include "harness/probes/connect_probe.h"
#include "harness/util/deadline.h"
#include "harness/util/error.h"
#include "harness/wire/paho_client.h"
#include "harness/wire/probe_connection.h"

namespace mqtts::probes {

// What a check of the kind "deliver" asks for: its parameters. See delivery_probe.h.
struct Delivery {
  explicit Delivery(const Attempt& attempt);

  std::string topic;
  std::string filter;    // `topic` if the check gives none
  std::string sentinel;  // empty: none
  int qos;
  bool retain;
  bool will;
};

// Begins with a mark of its own, so that an altered payload is told from other people's messages, and goes on with
// bytes that are no text.
struct Payload {
  explicit Payload(const std::string& seed);
  std::string mark;
  std::string bytes;
};

class Delivering {
 public:
  // `client.seen` is what became of the client that publishes. `reader`: the connection of the client `subscriber`; null
  // if the publisher reads on its own.
  Delivering(const Attempt& attempt, const Client& subscriber, Entry& client, std::shared_ptr<wire::PahoClient> reader,
             const Deadline& deadline);

  // Whatever a broker says to the publication or the subscription, what arrives decides.
  Result<Observation> run();

 private:
  wire::PahoClient& reader() { return reader_ != nullptr ? *reader_ : *client_.paho; }
  bool has_gone_wrong() const { return delivery_.sentinel.empty() && bad_answer_; }
  bool publisher_is_lost() const { return client_.paho && client_.paho->lost(); }

  Result<Observation> send_and_receive();
  void remember(const wire::PahoAnswer& answer, Message during);
  void publish();
  void subscribe();
  bool subscribe_to_sentinel();
  bool publish_sentinel();
  std::optional<Result<Observation>> leave_wills();
  Result<wire::ConnectionFacts> leave(const Will& will);
  bool denies_will(const wire::ConnectionFacts& facts) const;
  Observation inconclusive();
  Result<Observation> receive();
  Result<Observation> not_received();
  void publish_once_more();
  void deny(Observation& seen, std::string_view how) const;
  Observation thrown_out(Observation seen);
  Result<Observation> after_closing();
  Result<bool> publisher_is_closed_again();
  Result<bool> reader_is_closed_again();
  bool arrives(const std::string& bytes);
  static bool closes(wire::PahoClient& client, const Deadline& deadline);
  void clear();

  const Attempt& attempt_;
  const Client& subscriber_;
  const Delivery delivery_;
  const Payload payload_;
  const Payload sentinel_;
  const Payload second_sentinel_;
  Entry& client_;
  std::shared_ptr<wire::PahoClient> reader_;
  const Deadline& deadline_;
  Clock::time_point sentinel_came_at_;
  Deadline until_;                                    // the payload may come until then
  const Deadline in_time_;                            // for all but the grace
  std::optional<wire::PahoAnswer> bad_answer_;        // the first that was not "done", to publication or subscription
  Message during_;                                    // what it was an answer to
  bool is_of_reader_ = false;                         // that answer
  std::optional<wire::ConnectionFacts> denied_will_;  // CONNACK refused the client with the payload as its will
  std::optional<wire::PahoAnswer> end_;               // how a connection ended that does so each time
  bool sentinel_came_ = false;
  bool is_repeated_ = false;  // payload and sentinel were published once more
  bool payload_came_ = false;  // while it was tried once more
};

}  // namespace mqtts::probes
