// What a check does: its kind of probe, the probe's other clients and parameters, and what changes of them.
#include <algorithm>

#include "harness/plan/read_plan.h"
#include "harness/util/mqtt_topic.h"

namespace mqtts::plan {
namespace {

const std::vector<std::string> role_fields = {"account", "certificate"};

const ProbeSpec of_no_kind{.kind = ""};

std::vector<std::string> names_of(ProbeKinds kinds) {
  std::vector<std::string> names;
  for (const auto& kind : kinds) names.emplace_back(kind.name);
  return names;
}

bool is_decimal(const std::string& text) {
  return !text.empty() && text.size() <= 9 && text.find_first_not_of("0123456789") == std::string::npos;
}

// A variable's value is not known yet.
bool holds_variable(const std::string& text) { return text.find("${") != std::string::npos; }

void check_parameter(json::ReadContext& context, const json::Node& node, const ProbeParameter& parameter,
                     const std::string& value) {
  using Type = ProbeParameter::Type;
  const std::map<std::string, std::string> args{{"key", std::string(parameter.name)}};
  if (parameter.type == Type::topic && value.find_first_of("+#") != std::string::npos)
    context.fault(node, msg("a topic to publish to must not hold \"+\" or \"#\""));
  if (holds_variable(value)) return;
  if (parameter.type == Type::filter && !is_topic_filter(value))
    context.fault(
        node, msg("\"{key}\" is no topic filter: \"+\" stands alone in its level, \"#\" alone in the last one", args));
  if (parameter.type == Type::number && !(is_decimal(value) && std::stoi(value) <= parameter.most))
    context.fault(node, msg("\"{key}\" must be a whole number from 0 to {most}, written as a text",
                            {{"key", std::string(parameter.name)}, {"most", std::to_string(parameter.most)}}));
  if (parameter.type == Type::flag && value != "true" && value != "false")
    context.fault(node, msg("\"{key}\" must be \"true\" or \"false\", written as a text", args));
}

// No message can arrive, or a denial be proven, by topics that do not fit together.
void check_topics(json::ReadContext& context, const json::Node& node, const ProbeSpec& probe) {
  const auto& topic = probe.parameter("topic");
  const auto& filter = probe.parameter("filter");
  const auto& sentinel = probe.parameter("sentinel");
  if (holds_variable(topic + filter + sentinel)) return;
  if (!filter.empty() && !filter_matches(filter, topic))
    context.fault(node, msg("the filter {filter} does not match the topic {topic}: no message can arrive",
                            {{"filter", filter}, {"topic", topic}}));
  if (!sentinel.empty() && sentinel == topic)
    context.fault(node, msg("the sentinel's topic is the topic itself, {topic}", {{"topic", topic}}));
}

RoleSpec read_role(json::ReadContext& context, const json::Node& node, std::string_view name, const ClientSpec& client,
                   const Plan& plan) {
  RoleSpec role;
  const json::ObjectReader fields(context, node, name, role_fields);
  if (!fields.is_object()) return role;
  role.account = fields.optional_text("account");
  role.certificate = fields.optional_text("certificate");
  if (role.account) check_account(context, *fields.find("account"), *role.account, plan);
  if (!role.certificate) return role;
  check_certificate(context, *fields.find("certificate"), *role.certificate, plan);
  if (!is_tls(plan, client.listener))
    complain_of_no_tls(context, *fields.find("certificate"), "certificate", client.listener);
  return role;
}

// The first form: {"connect": {}}, or {"round_trip": TOPIC, "reader": {…}}.
ProbeSpec read_action(const json::Node& node, json::ReadContext& context, const ClientSpec& client, const Plan& plan) {
  const json::ObjectReader fields(context, node, "action", {"connect", "round_trip", "reader"});
  if (!fields.is_object()) return of_no_kind;
  const auto* connect = fields.find("connect");
  if ((connect != nullptr) == (fields.find("round_trip") != nullptr)) {
    context.fault(node, msg("an action must be exactly one of \"connect\" and \"round_trip\""));
    return of_no_kind;
  }
  const auto* reader = fields.find("reader");
  if (connect != nullptr) {
    const json::ObjectReader must_be_empty(context, *connect, "connect", {});
    if (reader != nullptr) context.fault(*reader, msg("only a \"round_trip\" has a \"reader\""));
    return {};
  }
  ProbeSpec probe{.kind = "deliver", .parameters = {{"topic", fields.text("round_trip")}}};
  check_parameter(context, *fields.find("round_trip"), {"topic", ProbeParameter::Type::topic},
                  probe.parameter("topic"));
  if (reader != nullptr) probe.roles.emplace("reader", read_role(context, *reader, "reader", client, plan));
  return probe;
}

const ProbeKind* read_kind(json::ReadContext& context, const json::Node& node, ProbeKinds kinds) {
  const auto* kind_node = node.find("kind");
  const auto* name = kind_node == nullptr ? nullptr : kind_node->as<std::string>();
  if (name == nullptr) {
    context.fault(node, msg("a probe needs a \"kind\": {known}", json::unknown("", names_of(kinds))));
    return nullptr;
  }
  if (const auto* kind = find_kind(kinds, *name); kind != nullptr) return kind;
  context.fault(*kind_node,
                msg("there is no kind of probe \"{name}\"; known: {known}", json::unknown(*name, names_of(kinds))));
  return nullptr;
}

// The general form: {"kind": NAME, PARAMETER: "…", ROLE: {…}}.
ProbeSpec read_by_kind(const json::Node& node, json::ReadContext& context, const ClientSpec& client, const Plan& plan,
                       ProbeKinds kinds) {
  const auto* kind = read_kind(context, node, kinds);
  if (kind == nullptr) return of_no_kind;
  std::vector<std::string> known{"kind"};
  for (const auto& parameter : kind->parameters) known.emplace_back(parameter.name);
  for (const auto& role : kind->roles) known.emplace_back(role);
  const json::ObjectReader fields(context, node, "probe", known);
  ProbeSpec probe{.kind = std::string(kind->name), .needs = kind->needs, .waits = kind->waits};
  const auto faults_before = context.problems.count();
  for (const auto& parameter : kind->parameters) {
    const auto* at = parameter.required ? fields.need(parameter.name) : fields.find(parameter.name);
    if (at == nullptr) continue;
    const auto value = fields.text(parameter.name);
    check_parameter(context, *at, parameter, value);
    probe.parameters.emplace(parameter.name, value);
  }
  if (context.problems.count() == faults_before) check_topics(context, node, probe);
  for (const auto& role : kind->roles)
    if (const auto* at = fields.find(role)) probe.roles.emplace(role, read_role(context, *at, role, client, plan));
  return probe;
}

}  // namespace

ProbeSpec read_probe(const json::ObjectReader& check, const ClientSpec& client, const Plan& plan, ProbeKinds kinds) {
  const auto* action = check.find("action");
  const auto* probe = check.find("probe");
  if (action != nullptr && probe != nullptr)
    check.context().fault(*probe, msg("a check has a \"probe\" or an \"action\", not both"));
  if (action != nullptr) return read_action(*action, check.context(), client, plan);
  return probe == nullptr ? ProbeSpec{} : read_by_kind(*probe, check.context(), client, plan, kinds);
}

std::vector<std::string> changeable_parts(const ProbeKind* kind, ProbeKinds kinds) {
  std::vector<std::string> parts;
  const auto add = [&](std::string_view part) {
    if (std::ranges::find(parts, part) == parts.end()) parts.emplace_back(part);
  };
  for (const auto& each : kinds) {
    if (kind != nullptr && each.name != kind->name) continue;
    for (const auto& parameter : each.parameters) add(parameter.name);
    for (const auto& role : each.roles) add(role);
  }
  return parts;
}

std::optional<std::string> change_probe(json::ReadContext& context, const json::Member& change, ProbeSpec& probe,
                                        const ProbeKind& kind, const ClientSpec& client, Soundness soundness,
                                        const Plan& plan) {
  const auto& [key, at, node] = change;
  const auto parameter = std::ranges::find(kind.parameters, key, &ProbeParameter::name);
  if (parameter != kind.parameters.end()) {
    const auto value = json::read_text(context, node, key);
    if (!value) return std::nullopt;
    const auto faults_before = context.problems.count();
    check_parameter(context, node, *parameter, *value);
    const bool is_other = std::exchange(probe.parameters[key], *value) != *value;
    if (soundness == Soundness::sound && context.problems.count() == faults_before) check_topics(context, node, probe);
    if (is_other || soundness == Soundness::faulty) return key;
    context.fault(node, msg("this changes nothing: the control's probe has the same \"{key}\"", {{"key", key}}));
    return std::nullopt;
  }
  const auto* object = node.as<json::Node::Object>();
  if (object == nullptr || object->size() != 1) {
    context.fault(node, msg("a change of \"{key}\" must be an object with exactly one of {known}",
                            {{"key", key}, {"known", "account, certificate"}}));
    return std::nullopt;
  }
  const auto role = read_role(context, node, key, client, plan);
  auto& changed = probe.roles[key];
  const auto before = changed;
  if (role.account) changed.account = role.account;
  if (role.certificate) changed.certificate = role.certificate;
  if (changed != before || soundness == Soundness::faulty) return key + "." + object->front().key;
  context.fault(node, msg("this changes nothing: the control's probe has the same \"{key}\"", {{"key", key}}));
  return std::nullopt;
}

}  // namespace mqtts::plan
