#include "harness/probes/certificate_user_probe.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/model/reasons.h"
#include "harness/probes/bystander.h"
#include "harness/probes/evidence.h"
#include "harness/probes/intruder.h"
#include "harness/util/digest.h"
#include "harness/util/mqtt_topic.h"
#include "harness/wire/random_bytes.h"

namespace mqtts::probes {
namespace {

using wire::LinkState;

constexpr auto fact_of_opened_account = "account.opened_by_other_certificate";
constexpr Clock::duration shortest_grace_of_messages = std::chrono::milliseconds(300);  // for a message that others overtake
constexpr int grace_in_deliveries = 3;
constexpr Clock::duration time_for_first_message = std::chrono::seconds(2);
constexpr unsigned char failure_of_suback = 0x80;

enum class Right {
  unknown,
  granted,  // a message came back
  denied    // none did, while one on another topic, published later, came back
};

// What became of a login, and what it may do.
struct Session {
  bool is_let_in = false;
  bool is_wrong_login = false;  // refused for its name and password
  std::vector<Right> rights{};  // by topic
};

bool is_login_refused(const wire::LoggedIn& answer, MqttVersion version) {
  if (answer.state != LinkState::open || answer.accepted()) return false;
  const auto name = mqtt_reason_name(version, answer.code);
  return name == "not_authorized" || name == "bad_user_name_or_password";
}

bool has_same_certificate(const Client& one, const Client& other) {
  return one.identity && other.identity && one.identity->certificate.text == other.identity->certificate.text;
}

std::string topic_of_plan(const Attempt& attempt, const std::string& parameter) {
  const auto found = attempt.parameters.find(parameter);
  return found == attempt.parameters.end() ? "" : found->second;
}

std::vector<std::string> topics_to_try(const Attempt& attempt, const Client& intruder) {
  const auto own = "mqtts-harness-" + to_hex(wire::random_bytes(6, attempt.client.seed, "own topic"));
  std::vector<std::string> topics;
  for (const auto& topic :
       {topic_of_plan(attempt, "topic"), topic_of_plan(attempt, "sentinel"), "mqtts-harness/" + own,
        attempt.client.user_name.value_or("") + "/" + own, intruder.user_name.value_or("") + "/" + own}) {
    const bool is_usable = is_topic_name(topic) && topic.front() != '/' && topic.front() != '$';
    if (is_usable && std::ranges::find(topics, topic) == topics.end()) topics.push_back(topic);
  }
  return topics;
}

// One login that sends itself two messages on each topic, one topic after the other.
class TryingTopics {
 public:
  TryingTopics(wire::MqttLink& link, MqttVersion version, const std::vector<std::string>& topics, std::string mark)
      : link_(link), version_(version), topics_(topics), mark_(std::move(mark)), came_(topics.size()) {}

  std::vector<Right> rights(const Deadline& deadline) {
    std::vector<Right> rights(topics_.size(), Right::unknown);
    if (!subscribe(deadline)) return rights;
    const auto start = Clock::now();
    for (const char round : {first_round, second_round})
      for (std::size_t i = 0; i < topics_.size(); ++i)
        link_.send(wire::encode_publish(version_, {topics_[i], text_of(i, round)}), deadline);
    receive_messages(start, deadline);
    const bool is_served = link_.state() == LinkState::open && !deadline.passed() && link_.answers(deadline);
    for (std::size_t i = 0; i < topics_.size(); ++i)
      rights[i] = came_[i].any                                   ? Right::granted
                  : is_served && another_came_in_second_round(i) ? Right::denied
                                                                 : Right::unknown;
    return rights;
  }

 private:
  static constexpr char first_round = '1';
  static constexpr char second_round = '2';
  struct Came {
    bool any = false;
    bool in_second_round = false;
  };

  std::string text_of(std::size_t topic, char round) const { return mark_ + static_cast<char>('a' + topic) + round; }

  // A subscription that is refused is a denial, too; false if the connection has not survived it.
  bool subscribe(const Deadline& deadline) {
    for (const auto& topic : topics_) {
      link_.send(wire::encode_subscribe(version_, topic, 0), deadline);
      const auto granted = link_.await(wire::packet_kind::suback, deadline);
      if (granted.state != LinkState::open || granted.packet.kind() != wire::packet_kind::suback ||
          granted.packet.body.empty())
        return false;
      if (granted.packet.body.back() < failure_of_suback) ++subscriptions_;
    }
    return true;
  }

  bool another_came_in_second_round(std::size_t topic) const {
    for (std::size_t i = 0; i < came_.size(); ++i)
      if (i != topic && came_[i].in_second_round) return true;
    return false;
  }

  void receive_messages(Clock::time_point start, const Deadline& deadline) {
    auto end = deadline.within(time_for_first_message);
    bool is_grace = false;
    std::size_t complete = 0;
    while (complete < subscriptions_ && !end.passed()) {
      const auto received = link_.receive(end);
      if (received.state != LinkState::open) return;
      const auto* came = note_message(received.packet);
      if (came == nullptr) continue;
      if (came->in_second_round) ++complete;
      if (!came->in_second_round || is_grace) continue;
      is_grace = true;
      end = deadline.within(std::max<Clock::duration>(shortest_grace_of_messages, grace_in_deliveries * (Clock::now() - start)));
    }
  }

  // Null: it is none of ours, or has come before.
  const Came* note_message(const wire::Packet& packet) {
    if (packet.kind() != wire::packet_kind::publish) return nullptr;
    const auto found = std::ranges::search(packet.body, mark_);
    if (found.empty() || packet.body.end() - found.end() < 2) return nullptr;
    const auto topic = static_cast<std::size_t>(*found.end()) - 'a';
    if (topic >= came_.size() || came_[topic].in_second_round) return nullptr;
    came_[topic].any = true;
    came_[topic].in_second_round = *(found.end() + 1) == second_round;
    return &came_[topic];
  }

  wire::MqttLink& link_;
  const MqttVersion version_;
  const std::vector<std::string>& topics_;
  const std::string mark_;
  std::vector<Came> came_;
  std::size_t subscriptions_ = 0;
};

class CertificateUser {
 public:
  CertificateUser(Bystander& bystander, Client intruder, Client holder, const Attempt& attempt,
                  const Deadline& deadline)
      : bystander_(bystander),
        intruder_(std::move(intruder)),
        holder_(std::move(holder)),
        topics_(topics_to_try(attempt, intruder_)),
        seed_(attempt.client.seed),
        deadline_(deadline) {}

  Result<Observation> run() {
    replace_command(bystander_.seen(), bystander_.client(), connect_command(intruder_));
    if (auto visited = visit_all(); !visited) return tl::make_unexpected(visited.error());
    const auto after = bystander_.look(deadline_);
    if (!after) return tl::make_unexpected(after.error());
    auto& seen = bystander_.seen();
    if (*after != After::serves || deadline_.passed()) return std::move(seen);
    const auto opened = is_refused() ? judge_refusal() : judge_rights();
    if (!opened) return tl::make_unexpected(opened.error());
    if (*opened) seen.facts[fact_of_opened_account] = **opened;
    return std::move(seen);
  }

 private:
  // None: nothing is known.
  using Opened = Result<std::optional<bool>>;

  // Everybody twice, the intruder in the middle.
  Result<void> visit_all() {
    for (auto [visits, client] : {std::pair(&owner_, &bystander_.client()), std::pair(&holding_, &holder_),
                                  std::pair(&intrusion_, &intruder_), std::pair(&intrusion_, &intruder_),
                                  std::pair(&holding_, &holder_), std::pair(&owner_, &bystander_.client())}) {
      auto session = visit(*client);
      if (!session) return tl::make_unexpected(session.error());
      visits->push_back(*std::move(session));
    }
    return {};
  }

  Result<Session> visit(const Client& client) {
    const auto label = "certificate user " + std::to_string(++visits_);
    const auto time = deadline_.within(bystander_.timeout());
    auto guest = log_in_as(client, wire::connect_packet_of(client, wire::client_id_for(client, label)),
                           bystander_.offer(), bystander_.timeout(), deadline_);
    if (!guest) return tl::make_unexpected(guest.error());
    Session session{.is_let_in = guest->answer.accepted(),
                    .is_wrong_login = is_login_refused(guest->answer, client.mqtt)};
    if (!session.is_let_in) return session;
    const auto mark = to_hex(wire::random_bytes(10, seed_, label));
    session.rights = TryingTopics(guest->link, client.mqtt, topics_, mark).rights(time);
    guest->link.leave(time);
    return session;
  }

  bool is_refused() const { return std::ranges::all_of(intrusion_, &Session::is_wrong_login); }

  // Refused for the certificate only if the same name and password are let in otherwise.
  Opened judge_refusal() {
    if (std::ranges::all_of(holding_, &Session::is_let_in)) {
      tell(msg("{user}'s name and password are let in, and refused together with the certificate of another client",
               {{"user", intruder_.user_name.value_or("")}}));
      return std::optional(false);
    }
    return failure(ErrorKind::missing_material,
                   msg("{user} was refused with the certificate of another client, and whether that is for the "
                       "certificate cannot be told: give that account's own certificate (--other-cert, --other-key)",
                       {{"user", intruder_.user_name.value_or("")}}));
  }

  Opened judge_rights() {
    if (!std::ranges::all_of(intrusion_, &Session::is_let_in)) return unknown();
    for (std::size_t i = 0; i < topics_.size(); ++i)
      if (all_have(intrusion_, i, Right::granted) && all_have(owner_, i, Right::denied)) return tell_opened(i);
    if (acts_as_owner())
      for (std::size_t i = 0; i < topics_.size(); ++i)
        if (all_have(intrusion_, i, Right::denied) && all_have(holding_, i, Right::granted)) return tell_kept(i);
    return failure(ErrorKind::missing_material,
                   msg("{user} was let in with the certificate of another client, and whose rights it then had cannot "
                       "be told: give an account that may use other topics, and its own certificate (--other-cert, "
                       "--other-key)",
                       {{"user", intruder_.user_name.value_or("")}}));
  }

  static bool all_have(const std::vector<Session>& sessions, std::size_t topic, Right right) {
    return std::ranges::all_of(sessions, [&](const Session& session) {
      return topic < session.rights.size() && session.rights[topic] == right;
    });
  }

  // On every topic, where at least one is granted to it.
  bool acts_as_owner() const {
    for (const auto* sessions : {&owner_, &intrusion_})
      for (const auto& session : *sessions)
        if (session.rights != owner_.front().rights) return false;
    return std::ranges::find(owner_.front().rights, Right::unknown) == owner_.front().rights.end();
  }

  Opened tell_opened(std::size_t topic) {
    tell(
        msg("with the certificate of another client, {user}'s name and password were let in, and could use {topic}, "
            "which the certificate's own client may not",
            {{"user", intruder_.user_name.value_or("")}, {"topic", topics_[topic]}}));
    show_on(topic);
    return std::optional(true);
  }

  Opened tell_kept(std::size_t topic) {
    tell(
        msg("with the certificate of another client, {user}'s name and password were let in, and could not use "
            "{topic}, which {user} may: the client has the rights of the certificate's owner",
            {{"user", intruder_.user_name.value_or("")}, {"topic", topics_[topic]}}));
    show_on(topic);
    return std::optional(false);
  }

  void show_on(std::size_t topic) {
    replace_command(bystander_.seen(), intruder_, deliver_command(intruder_, intruder_, {.topic = topics_[topic]}));
  }

  Opened unknown() {
    tell(msg(
        "with the certificate of another client, {user} was not each time let in, or each time refused for its login",
        {{"user", intruder_.user_name.value_or("")}}));
    return std::optional<bool>();
  }

  void tell(Message what) { bystander_.seen().evidence.push_back(note(std::move(what))); }

  Bystander& bystander_;
  const Client intruder_;
  const Client holder_;
  const std::vector<std::string> topics_;
  const std::string seed_;
  const Deadline& deadline_;
  int visits_ = 0;
  std::vector<Session> owner_;
  std::vector<Session> holding_;
  std::vector<Session> intrusion_;
};

Client holder_of(const Attempt& attempt, const Client& intruder) {
  const auto found = attempt.others.find("holder");
  auto holder = found == attempt.others.end() ? intruder : found->second;
  if (has_same_certificate(holder, attempt.client)) holder.identity.reset();
  holder.requires_client_id = true;
  return holder;
}

Result<Observation> probe_certificate_user(const Attempt& attempt, const Deadline& deadline) {
  const auto start = Clock::now();
  auto intruder = intruder_of(attempt);
  if (!intruder) return tl::make_unexpected(intruder.error());
  if (!has_same_certificate(*intruder, attempt.client) || intruder->user_name == attempt.client.user_name)
    return failure(ErrorKind::missing_material,
                   msg("this needs a client certificate, and a second account that brings the same certificate"));
  auto bystander = Bystander::enter(attempt, deadline);
  if (!bystander) return tl::make_unexpected(bystander.error());
  if (!bystander->is_served()) return unless_stopped(std::move(bystander->seen()), attempt.client, start, deadline);
  if (const auto& tls = bystander->seen().tls; !tls || !tls->certificate_requested)
    return failure(ErrorKind::missing_material, msg("the broker asks for no client certificate"));
  auto holder = holder_of(attempt, *intruder);
  auto seen = CertificateUser(*bystander, *std::move(intruder), std::move(holder), attempt, deadline).run();
  if (!seen) {
    if (deadline.stopped()) return unless_stopped({}, attempt.client, start, deadline);
    return seen;
  }
  return unless_stopped(*std::move(seen), attempt.client, start, deadline);
}

}  // namespace

ProbeKind certificate_user_kind() {
  return {.name = "certificate_user",
          .roles = {"intruder", "holder"},
          .parameters = {{"topic", ProbeParameter::Type::topic}, {"sentinel", ProbeParameter::Type::topic}},
          .facts = {{fact_of_opened_account, FactType::flag}},
          .run = probe_certificate_user};
}

}  // namespace mqtts::probes
