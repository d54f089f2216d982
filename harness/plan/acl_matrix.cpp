#include "harness/plan/acl_matrix.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "harness/catalogue/catalogue.h"
#include "harness/plan/read_plan.h"
#include "harness/util/digest.h"
#include "harness/util/mqtt_topic.h"

namespace mqtts::plan {
namespace {

struct User {
  std::string name;
  std::vector<AccessRule> rules;
  RoleSpec role;

  bool may(bool AccessRule::*right, const std::string& topic) const {
    bool allowed = false;
    for (const auto& rule : rules) {
      if (!filter_matches(rule.filter, topic)) continue;
      if (rule.is_denial()) return false;
      allowed |= rule.*right;
    }
    return allowed;
  }
};

// One topic that a filter matches, which no line is likely to name.
std::string topic_of(const std::string& filter) {
  std::string topic;
  for (const char each : filter)
    if (each == '+' || each == '#')
      topic += "mqtts-check";
    else
      topic += each;
  return topic;
}

// A part of an id, which no other text gives: "sensors/#" becomes "sensors-all". What cannot be told apart has the
// beginning of its digest.
std::string id_part(const std::string& text, bool is_user = false) {
  constexpr std::size_t longest = 24;
  std::string part;
  bool is_plain = text.size() <= longest && !(is_user && text.find('/') != std::string::npos);
  for (const char each : text) {
    if ((each >= 'a' && each <= 'z') || (each >= '0' && each <= '9'))
      part += each;
    else if (each == '/')
      part += '-';
    else if (each == '#' || each == '+')
      part += each == '#' ? "all" : "any";
    else if (each == '-')
      part += '_';
    else
      part += '_', is_plain = false;
  }
  for (const auto* word : {"all", "any"})
    if (("/" + text + "/").find(std::string("/") + word + "/") != std::string::npos) is_plain = false;
  if (is_plain) return part;
  return part.substr(0, longest) + "-" + sha256_hex(text).substr(0, 6);
}

// Of a name's length (json::check_name).
std::string fitting(const std::string& id) {
  constexpr std::size_t longest = 64;
  return id.size() <= longest ? id : id.substr(0, longest - 7) + "-" + sha256_hex(id).substr(0, 6);
}

enum class Way {
  plain,
  retained,
  will
};

constexpr std::pair<Way, std::string_view> ways[] = {
    {Way::plain, ""}, {Way::retained, "retained-"}, {Way::will, "will-"}};

class Matrix {
 public:
  Matrix(std::string stage, ClientSpec client, std::string qos, std::vector<User> users)
      : stage_(std::move(stage)), client_(std::move(client)), qos_(std::move(qos)), users_(std::move(users)) {
    for (const auto& user : users_)
      for (const auto& rule : user.rules)
        if (std::ranges::find(filters_, rule.filter) == filters_.end()) filters_.push_back(rule.filter);
  }

  std::vector<CheckSpec> checks() {
    for (const auto& user : users_)
      for (const auto& filter : filters_) add(user, filter, topic_of(filter));
    return std::move(checks_);
  }

 private:
  void add(const User& user, const std::string& filter, const std::string& topic) {
    const auto suffix = id_part(user.name, true) + "-" + id_part(filter);
    if (user.may(&AccessRule::write, topic)) {
      add_allowed("write-" + suffix, user, reader_of(topic, &user), topic, &user,
                  {user.name + " publishes to " + topic, user.name + " publie sur " + topic}, "publish-denied");
    } else {
      add_denied_write(Way::plain, "publish-denied", suffix, user, topic,
                       {user.name + " cannot publish to " + topic, user.name + " ne peut pas publier sur " + topic});
      add_denied_write(Way::retained, "retained-denied", suffix, user, topic,
                       {user.name + " cannot leave a retained message on " + topic,
                        user.name + " ne peut pas laisser de message retenu sur " + topic});
      add_denied_write(Way::will, "will-denied", suffix, user, topic,
                       {"a will of " + user.name + " for " + topic + " is not published",
                        "un testament de " + user.name + " pour " + topic + " n'est pas publié"});
    }
    if (user.may(&AccessRule::read, topic)) {
      add_allowed("read-" + suffix, user, &user, topic, writer_of(topic, &user),
                  {user.name + " reads " + topic, user.name + " lit " + topic}, "subscribe-denied");
    } else {
      add_denied_read("subscribe-denied", suffix, user, topic, topic,
                      {user.name + " cannot read " + topic, user.name + " ne peut pas lire " + topic});
      add_denied_read("wildcard-denied", suffix, user, topic, "#",
                      {user.name + " does not get " + topic + " by subscribing to #",
                       user.name + " ne reçoit pas " + topic + " en s'abonnant à #"});
      add_denied_read("shared-subscription-denied", suffix, user, topic,
                      "$share/mqtts-check/" + topic,
                      {user.name + " does not get " + topic + " by a shared subscription",
                       user.name + " ne reçoit pas " + topic + " par un abonnement partagé"});
    }
  }

  // Another user before the one itself.
  const User* find_user(bool AccessRule::*right, const std::string& topic, const User* last) const {
    for (const auto& user : users_)
      if (&user != last && user.may(right, topic)) return &user;
    return last != nullptr && last->may(right, topic) ? last : nullptr;
  }
  const User* reader_of(const std::string& topic, const User* last) const {
    return find_user(&AccessRule::read, topic, last);
  }
  const User* writer_of(const std::string& topic, const User* last) const {
    return find_user(&AccessRule::write, topic, last);
  }

  // A topic that one may write and the other read, and that is not `topic`.
  std::optional<std::string> common_topic(const User& writer, const User& reader, const std::string& topic) const {
    for (const auto& filter : filters_) {
      const auto common = topic_of(filter);
      if (common != topic && writer.may(&AccessRule::write, common) && reader.may(&AccessRule::read, common)) return common;
    }
    return std::nullopt;
  }

  ClientSpec client_of(const User& user) const {
    auto client = client_;
    client.account = user.name;
    if (user.role.certificate) client.certificate = user.role.certificate;
    return client;
  }

  std::string id_of(const std::string& rest) const { return fitting(stage_ + "-" + rest); }

  // With what the catalogue says of checks of that kind.
  CheckSpec check_of(const std::string& rest, LocalText title, std::string_view like) const {
    CheckSpec check{.id = id_of(rest), .title = std::move(title), .tags = {"acl"}};
    const auto* entry = catalogue::find("acl-" + std::string(like));
    if (entry == nullptr) return check;
    check.hint = catalogue::remedy_for(*entry, "").remedy->text;
    check.severity = entry->severity;
    for (const auto& reference : entry->references) check.references.push_back(reference.name);
    return check;
  }

  static std::vector<Expected> delivered() {
    return {{.outcome = Outcome::accepted,
             .by = By::broker,
             .facts = {{"delivery.received", Comparison::equals, FactValue(true)}}}};
  }

  ProbeSpec deliver(const User& writer, const User& reader, const std::string& topic, Way way) const {
    auto role = reader.role;
    role.account = reader.name;
    ProbeSpec probe{.kind = "deliver", .parameters = {{"topic", topic}}};
    // Who reads what it publishes itself does so on one connection: a broker may let each user have only one.
    if (&reader != &writer) probe.roles.emplace("reader", std::move(role));
    if (!qos_.empty()) probe.parameters["qos"] = qos_;
    if (way == Way::retained) probe.parameters["retain"] = "true";
    if (way == Way::will) probe.parameters["will"] = "true";
    return probe;
  }

  void skip(CheckSpec check, const User& user, Message why) {
    check.client = client_of(user);
    check.expected = delivered();
    check.missing = std::move(why);
    checks_.push_back(std::move(check));
  }

  void add_allowed(const std::string& rest, const User& user, const User* reader, const std::string& topic, const User* writer,
                   LocalText title, std::string_view like) {
    auto check = check_of(rest, std::move(title), like);
    if (reader == nullptr)
      return skip(std::move(check), user,
                  msg("nobody may read {topic}, so nothing shows what arrives there: add a user who may",
                      {{"topic", topic}}));
    if (writer == nullptr)
      return skip(std::move(check), user,
                  msg("nobody may write to {topic}, so nothing arrives there: add a user who may", {{"topic", topic}}));
    check.client = client_of(*writer);
    check.probe = deliver(*writer, *reader, topic, Way::plain);
    check.expected = delivered();
    checks_.push_back(std::move(check));
  }

  // The id of the check that these two can exchange a message in that way; made where there is none yet.
  std::string path(const User& writer, const User& reader, const std::string& topic, Way way) {
    const auto* const name = std::ranges::find(ways, way, &std::pair<Way, std::string_view>::first);
    auto id = id_of("path-" + std::string(name->second) + id_part(writer.name, true) + "-" +
                    id_part(reader.name, true) + "-" + id_part(topic));
    if (std::ranges::find(checks_, id, &CheckSpec::id) != checks_.end()) return id;
    const std::string of[] = {"", " retained", " as a will"};
    const std::string de[] = {"", " retenu", " en testament"};
    const auto index = static_cast<std::size_t>(way);
    CheckSpec check{
        .id = id,
        .title = {"what " + writer.name + " publishes to " + topic + of[index] + " reaches " + reader.name,
                  "ce que " + writer.name + " publie" + de[index] + " sur " + topic + " parvient à " + reader.name},
        .tags = {"acl"}};
    check.client = client_of(writer);
    check.probe = deliver(writer, reader, topic, way);
    check.expected = delivered();
    checks_.push_back(std::move(check));
    return id;
  }

  void add_denied_write(Way way, std::string_view like, const std::string& suffix, const User& user,
                        const std::string& topic, LocalText title) {
    auto check = check_of(std::string(like) + "-" + suffix, std::move(title), like);
    const User* reader = nullptr;
    std::optional<std::string> common;
    for (const auto& each : users_) {
      if (!each.may(&AccessRule::read, topic)) continue;
      reader = &each;
      common = common_topic(user, each, topic);
      if (common) break;
    }
    if (reader == nullptr)
      return skip(std::move(check), user,
                  msg("nobody may read {topic}, so nothing shows what arrives there: add a user who may",
                      {{"topic", topic}}));
    if (!common)
      return skip(std::move(check), user,
                  msg("{user} may write to no topic that a reader of {topic} reads, so that a silence proves nothing: "
                      "add such a topic",
                      {{"user", user.name}, {"topic", topic}}));
    deny(std::move(check), user, *reader, topic, *common, way, "");
  }

  void add_denied_read(std::string_view like, const std::string& suffix, const User& user, const std::string& topic,
                       const std::string& filter, LocalText title) {
    auto check = check_of(std::string(like) + "-" + suffix, std::move(title), like);
    const User* writer = nullptr;
    std::optional<std::string> common;
    for (const auto& each : users_) {
      if (!each.may(&AccessRule::write, topic)) continue;
      writer = &each;
      common = common_topic(each, user, topic);
      if (common) break;
    }
    if (writer == nullptr)
      return skip(std::move(check), user,
                  msg("nobody may write to {topic}, so nothing arrives there: add a user who may", {{"topic", topic}}));
    if (!common)
      return skip(std::move(check), user,
                  msg("{user} may read no topic that a writer of {topic} writes to, so that a silence proves nothing: "
                      "add such a topic",
                      {{"user", user.name}, {"topic", topic}}));
    deny(std::move(check), *writer, user, topic, *common, Way::plain, filter == topic ? "" : filter);
  }

  void deny(CheckSpec check, const User& writer, const User& reader, const std::string& topic,
            const std::string& common, Way way, const std::string& filter) {
    check.control = path(writer, reader, common, way);
    check.client = client_of(writer);
    check.probe = deliver(writer, reader, topic, way);
    check.probe.parameters["sentinel"] = common;
    if (!filter.empty()) check.probe.parameters["filter"] = filter;
    check.changed = "topic";
    check.acts = true;
    check.control_reaches = Layer::action;
    check.expected = {{.outcome = Outcome::denied, .by = By::broker}, {.outcome = Outcome::denied, .by = By::mqtt}};
    checks_.push_back(std::move(check));
  }

  const std::string stage_;
  const ClientSpec client_;
  const std::string qos_;
  const std::vector<User> users_;
  std::vector<std::string> filters_;
  std::vector<CheckSpec> checks_;
};

// Empty if the stage gives none.
std::string read_qos(const json::ObjectReader& stage) {
  constexpr const char* key = "acl_qos";
  const auto* node = stage.find(key);
  if (node == nullptr) return {};
  auto qos = stage.text(key);
  const bool is_known = qos == "0" || qos == "1" || qos == "2" || qos.find("${") != std::string::npos;
  if (!is_known)
    stage.context().fault(*node, msg("\"{key}\" must be a whole number from 0 to {most}, written as a text",
                                     {{"key", key}, {"most", "2"}}));
  return qos;
}

}  // namespace

std::vector<CheckSpec> read_acl_matrix(const json::ObjectReader& stage, const Plan& plan) {
  auto& context = stage.context();
  const auto* matrix = stage.find("acl");
  for (const auto* key : {"acl_client", "acl_certificates", "acl_qos"})
    if (const auto* node = stage.find(key); node != nullptr && matrix == nullptr)
      context.fault(*node, msg("\"{key}\" means nothing without \"acl\"", {{"key", key}}));
  if (matrix == nullptr) return {};
  const auto faults_before = context.problems.count();
  const auto* client_node = stage.need("acl_client");
  const auto client = client_node == nullptr ? ClientSpec{} : read_client(context, *client_node, plan);
  if (client.account || client.user_name)
    context.fault(*client_node, msg("\"acl_client\" has no account: each user of \"acl\" is one"));
  auto qos = read_qos(stage);
  std::vector<User> users;
  for (auto& [account, rules] : read_access_rules(stage, "acl", plan.materials)) {
    for (const auto& rule : rules)
      if (rule.filter.starts_with('$'))
        context.fault(*matrix, msg("\"{name}\" cannot stand in \"acl\": it is a topic of the broker's own",
                                   {{"name", json::shown(rule.filter)}}));
    users.push_back({.name = account, .rules = std::move(rules)});
  }
  for (const auto& [name, at, node] : stage.members("acl_certificates")) {
    const auto found = std::ranges::find(users, name, &User::name);
    const auto certificate = json::read_text(context, node, name);
    if (found == users.end())
      context.problems.add(at, msg("there is no user \"{name}\" in \"acl\"", {{"name", json::shown(name)}}));
    else if (certificate && check_certificate(context, node, *certificate, plan))
      found->role.certificate = certificate;
  }
  if (context.problems.count() != faults_before) return {};
  return Matrix(stage.optional_text("id").value_or(""), client, std::move(qos), std::move(users)).checks();
}

}  // namespace mqtts::plan
