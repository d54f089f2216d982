// Reads the checks of one stage: first the positive ones, then the negative ones, which depend on them.
#include <algorithm>

#include "harness/catalogue/catalogue.h"
#include "harness/plan/read_plan.h"
#include "harness/plan/words.h"

namespace mqtts::plan {
namespace {

struct Draft {
  json::ObjectReader source;
  CheckSpec spec;
  bool is_negative = false;
  Soundness soundness = Soundness::faulty;  // of a positive check's client and probe
};

std::vector<std::string> check_ids(const std::vector<Draft>& drafts, bool negative) {
  std::vector<std::string> ids;
  for (const auto& draft : drafts)
    if (draft.is_negative == negative) ids.push_back(draft.spec.id);
  return ids;
}

// Returns the check of this stage that `node` names; reports if there is none.
const Draft* find_check(json::ReadContext& context, const json::Node& node, const std::string& id,
                        const std::vector<Draft>& drafts, const CheckPlaces& places, bool negative) {
  const auto found =
      std::ranges::find(drafts, id, [](const Draft& draft) -> const std::string& { return draft.spec.id; });
  if (found != drafts.end()) return &*found;
  if (const auto elsewhere = places.find(id); elsewhere != places.end())
    context.fault(node, msg("check \"{name}\" belongs to stage \"{stage}\"; it must be one of the same stage",
                            {{"name", json::shown(id)}, {"stage", json::shown(elsewhere->second.stage)}}));
  else
    context.fault(node, msg("there is no check \"{name}\" that fits here; known: {known}",
                            json::unknown(id, check_ids(drafts, negative))));
  return nullptr;
}

// A check without a title has the texts of the catalogue's check of its name.
void take_from_catalogue(CheckSpec& check) {
  const auto* entry = catalogue::find(check.id);
  if (entry == nullptr) return;
  check.title = entry->title;
  if (check.hint == LocalText{}) check.hint = catalogue::remedy_for(*entry, "").remedy->text;
  check.severity = entry->severity;
  for (const auto& reference : entry->references) check.references.push_back(reference.name);
}

void read_common(Draft& draft, const CheckPlaces& places) {
  const auto& source = draft.source;
  auto& check = draft.spec;
  check.id = source.name("id");
  if (const auto* id = source.find("id"); !check.id.empty() && places.at(check.id).at != id->at)
    source.context().fault(*id, msg("there is another check \"{name}\" in this plan", {{"name", check.id}}));
  check.title = source.local_text("title", check.id);
  check.hint = source.local_text_with_variables("hint");
  if (source.find("title") == nullptr) take_from_catalogue(check);
  check.points = source.number("points", {0, 1000}, 1);
  check.bonus = source.flag("bonus", false);
  check.visibility = read_visibility(source);
  check.detail = read_detail(source);
  check.tags = source.texts("tags");
}

void fault_unknown_check(json::ReadContext& context, const json::Node& node, const std::string& id,
                         const CheckPlaces& places) {
  auto args = json::unknown(id, json::keys_of(places));
  args["nearest"] = context.did_you_mean(id, json::keys_of(places));
  context.fault(node,
                args["nearest"].empty()
                    ? msg("there is no check \"{name}\" in this plan; known: {known}", std::move(args))
                    : msg("there is no check \"{name}\" in this plan; did you mean \"{nearest}\"?", std::move(args)));
}

// A needed check may be in any stage.
void read_needs(Draft& draft, const CheckPlaces& places, std::vector<Need>& needs) {
  auto& context = draft.source.context();
  for (const auto& [node, id] : draft.source.texts_at("needs")) {
    draft.spec.needs.push_back(id);
    if (id == draft.spec.id) {
      context.fault(*node, msg("a check cannot need itself"));
    } else if (places.contains(id)) {
      needs.push_back({draft.spec.id, id, node});
    } else {
      fault_unknown_check(context, *node, id, places);
    }
  }
}

// Of a probe of no kind: the facts of all kinds.
std::vector<FactKind> known_facts(const ProbeSpec& probe, ProbeKinds kinds) {
  auto facts = connection_facts();
  for (const auto& kind : kinds)
    if (probe.kind.empty() || probe.kind == kind.name) facts.insert(facts.end(), kind.facts.begin(), kind.facts.end());
  return facts;
}

void read_positive(Draft& draft, const Plan& plan, ProbeKinds kinds) {
  const auto& source = draft.source;
  auto& context = source.context();
  if (const auto* reaches = source.find("control_reaches"))
    context.fault(*reaches, msg("only a check with a \"control\" has \"control_reaches\""));
  const auto* client_node = source.find("client");
  if (client_node == nullptr) {
    draft.spec.probe.kind.clear();
    draft.spec.expected = read_expected(source, known_facts(draft.spec.probe, kinds));
    context.fault(source.node(), msg("a check needs a \"client\", or a \"control\" and a \"change\""));
    return;
  }
  const auto faults_before = context.problems.count();
  draft.spec.client = read_client(context, *client_node, plan);
  draft.spec.probe = read_probe(source, draft.spec.client, plan, kinds);
  if (context.problems.count() == faults_before) draft.soundness = Soundness::sound;
  draft.spec.expected = read_expected(source, known_facts(draft.spec.probe, kinds));
  if (std::ranges::any_of(draft.spec.expected, [](const auto& it) { return it.outcome != Outcome::accepted; }))
    context.fault(*source.find("expect"), msg("a check with a \"client\" must expect \"accepted\"; a rejection needs a "
                                              "\"control\" and a \"change\""));
}

// It acts where its change or its expectation is about what the probe's kind does besides connecting.
bool acts(const CheckSpec& check, ProbeKinds kinds) {
  const auto* kind = find_kind(kinds, check.probe.kind);
  if (kind == nullptr || kind->name == "connect") return false;
  const auto is_of_kind = [&](const std::string& name) {
    return std::ranges::find(kind->facts, name, &FactKind::name) != kind->facts.end();
  };
  const auto parts = changeable_parts(kind, kinds);
  const auto changed_part = check.changed.substr(0, check.changed.find('.'));
  return std::ranges::find(parts, changed_part) != parts.end() ||
         std::ranges::any_of(check.expected, [&](const Expected& it) {
           return it.outcome == Outcome::denied || std::ranges::any_of(it.facts, is_of_kind, &Predicate::fact);
         });
}

std::optional<Layer> read_control_reaches(const json::ObjectReader& source) {
  const auto text = source.optional_text("control_reaches").value_or("");
  if (text.empty()) return std::nullopt;
  const auto layer = layer_from(text);
  if (layer && *layer != Layer::none) return layer;
  source.context().fault(*source.find("control_reaches"),
                         msg("\"{name}\" is no layer; known: {known}", json::unknown(text, control_layers())));
  return std::nullopt;
}

// Returns the positive check that `draft` names as its control; null, and reports it, if there is none.
const Draft* find_control(const Draft& draft, const std::vector<Draft>& drafts, const CheckPlaces& places) {
  auto& context = draft.source.context();
  if (draft.spec.control.empty()) return nullptr;
  const auto& node = *draft.source.find("control");
  const auto* control = find_check(context, node, draft.spec.control, drafts, places, false);
  if (control == nullptr || !control->is_negative) return control;
  context.fault(node, msg("\"{name}\" is a negative check itself: a control is one that must be accepted",
                          {{"name", control->spec.id}}));
  return nullptr;
}

// A denial is proven by a message on the same path that arrives (see probes/delivery_probe.h).
void check_sentinel(const Draft& draft) {
  const auto is_denial = [](const Expected& it) { return it.outcome == Outcome::denied; };
  if (std::ranges::any_of(draft.spec.expected, is_denial) && draft.spec.probe.parameter("sentinel").empty())
    draft.source.context().fault(*draft.source.find("expect"),
                                 msg("\"denied\" cannot be proven: give the \"probe\" of \"{control}\" a \"sentinel\", "
                                     "a topic that stays allowed",
                                     {{"control", draft.spec.control}}));
}

void read_negative(Draft& draft, const std::vector<Draft>& drafts, const Plan& plan, const CheckPlaces& places,
                   ProbeKinds kinds) {
  const auto& source = draft.source;
  auto& context = source.context();
  if (const auto* client = source.find("client"))
    context.fault(*client, msg("a check has a \"client\", or a \"control\" and a \"change\", not both"));
  for (const auto* key : {"action", "probe"})
    if (const auto* node = source.find(key))
      context.fault(*node, msg("a negative check does what its control does: leave \"{key}\" out", {{"key", key}}));
  if (const auto* proven_by = source.find("proven_by"))
    context.fault(*proven_by, msg("only a check with a \"client\" can be proven by others"));
  draft.spec.control = source.text("control");
  const auto* change = source.need("change");
  const auto* control = find_control(draft, drafts, places);
  CheckSpec unknown;
  unknown.probe.kind.clear();
  const auto& of = control == nullptr ? unknown : control->spec;
  const auto soundness = control == nullptr ? Soundness::faulty : control->soundness;
  draft.spec.probe = of.probe;
  draft.spec.expected = read_expected(source, known_facts(of.probe, kinds));
  if (std::ranges::any_of(draft.spec.expected, [](const auto& it) { return it.outcome == Outcome::accepted; }))
    context.fault(*source.find("expect"), msg("a negative check must not expect \"accepted\""));
  const auto reaches = read_control_reaches(source);
  const auto changed = change == nullptr ? std::nullopt : read_change(context, *change, of, soundness, plan, kinds);
  if (changed && soundness == Soundness::sound) {
    draft.spec.client = changed->client;
    draft.spec.probe = changed->probe;
    draft.spec.changed = changed->changed;
    draft.spec.acts = acts(draft.spec, kinds);
    draft.spec.control_reaches = reaches.value_or(needed_of_control(draft.spec));
  }
  if (soundness == Soundness::sound) check_sentinel(draft);
}

void read_proofs(Draft& draft, const std::vector<Draft>& drafts, const CheckPlaces& places) {
  auto& context = draft.source.context();
  for (const auto& [node, id] : draft.source.texts_at("proven_by")) {
    draft.spec.proven_by.push_back(id);
    const auto* proof = find_check(context, *node, id, drafts, places, true);
    if (proof != nullptr && !proof->is_negative)
      context.fault(*node, msg("\"{name}\" is no negative check: it cannot prove that others are kept out",
                               {{"name", proof->spec.id}}));
  }
}

std::string read_see(const json::ObjectReader& hint, const CheckPlaces& places) {
  const auto id = hint.optional_text("see").value_or("");
  if (!id.empty() && !places.contains(id)) fault_unknown_check(hint.context(), *hint.find("see"), id, places);
  return id;
}

void read_hints(Draft& draft, const CheckPlaces& places, ProbeKinds kinds) {
  for (const auto& node : draft.source.elements("hints")) {
    const json::ObjectReader source(draft.source.context(), node, "hints", {"when", "see", "en", "fr"});
    if (!source.is_object()) continue;
    const auto* when = source.need("when");
    LocalText text{source.text("en"), source.optional_text("fr").value_or("")};
    if (when == nullptr) continue;
    if (auto seen = read_observed(source.context(), *when, known_facts(draft.spec.probe, kinds)))
      draft.spec.hints.push_back({*std::move(seen), std::move(text), read_see(source, places)});
  }
}

// A fact of another check is one of the same stage.
void check_facts_of_others(const Draft& draft, const std::vector<Draft>& drafts, const CheckPlaces& places) {
  for (const auto& expected : draft.spec.expected)
    for (const auto& predicate : expected.facts)
      if (const auto* other = std::get_if<FactOf>(&predicate.wanted); other != nullptr && other->check == draft.spec.id)
        draft.source.context().fault(*draft.source.find("expect"),
                                     msg("a check's fact cannot be compared with its own"));
      else if (other != nullptr)
        find_check(draft.source.context(), *draft.source.find("expect"), other->check, drafts, places, false);
}

}  // namespace

std::vector<CheckSpec> read_checks(const json::ObjectReader& stage, const Plan& plan, const CheckPlaces& places,
                                   ProbeKinds kinds, std::vector<Need>& needs) {
  std::vector<Draft> drafts;
  for (const auto& node : stage.elements("checks")) {
    const json::ObjectReader source(
        stage.context(), node, "checks",
        {"id", "title", "hint", "points", "bonus", "needs", "visibility", "detail", "tags", "client", "action", "probe",
         "control", "control_reaches", "change", "expect", "proven_by", "hints"});
    if (!source.is_object()) continue;
    const bool is_negative = source.find("control") != nullptr || source.find("change") != nullptr;
    drafts.push_back({source, {}, is_negative});
    read_common(drafts.back(), places);
    read_needs(drafts.back(), places, needs);
  }
  for (auto& draft : drafts)
    if (!draft.is_negative) read_positive(draft, plan, kinds);
  for (auto& draft : drafts) {
    if (draft.is_negative) read_negative(draft, drafts, plan, places, kinds);
    if (!draft.is_negative) read_proofs(draft, drafts, places);
  }
  for (auto& draft : drafts) read_hints(draft, places, kinds);
  for (const auto& draft : drafts) check_facts_of_others(draft, drafts, places);
  std::vector<CheckSpec> checks;
  checks.reserve(drafts.size());
  for (auto& draft : drafts) checks.push_back(std::move(draft.spec));
  return checks;
}

}  // namespace mqtts::plan
