#include "reports/html/evidence_list.h"

#include <algorithm>

#include "reports/describe.h"
#include "reports/html/parts.h"
#include "reports/html/text.h"

namespace mqtts::reports {
namespace {

constexpr std::size_t longest_command = 4096;

void heading(Node parent, const Message& text, const HtmlWriter& writer) { writer.say(add(parent, "h5"), text); }

void add_command(Node parent, const std::string& text, const HtmlWriter& writer) {
  heading(parent, msg("Try it yourself"), writer);
  auto box = add(parent, "pre", "command");
  set(box, "tabindex", "0");
  set(box, "role", "group");
  set(box, "aria-label", writer(msg("A line to paste into a terminal")));
  box.append_child(pugi::node_pcdata).set_value(html_line(text, longest_command).c_str());
}

void add_fact(Node list, const Message& name, const std::string& value, const HtmlWriter& writer) {
  if (!value.empty()) writer.say(add_fact(list, name, writer), value);
}

Message yes_or_no(bool fact) { return fact ? msg("yes") : msg("no"); }

void add_certificate(Node parent, const PeerCertificate& certificate, const HtmlWriter& writer) {
  auto facts = add(add(parent, "li"), "dl", "rows");
  add_fact(facts, msg("Subject"), certificate.subject, writer);
  add_fact(facts, msg("Issuer"), certificate.issuer, writer);
  if (!certificate.not_before.empty()) writer.time(add_fact(facts, msg("Valid from"), writer), certificate.not_before);
  if (!certificate.not_after.empty()) writer.time(add_fact(facts, msg("Valid until"), writer), certificate.not_after);
  add_fact(facts, msg("Serial number"), certificate.serial, writer);
  add_fact(facts, msg("Fingerprint (SHA-256)"), certificate.sha256, writer);
}

void add_tls(Node parent, const TlsFacts& tls, const HtmlWriter& writer) {
  auto facts = add(parent, "dl", "rows");
  add_fact(facts, msg("TLS version"), tls.version, writer);
  add_fact(facts, msg("Cipher suite"), tls.cipher, writer);
  writer.say(add_fact(facts, msg("Client certificate requested"), writer), yes_or_no(tls.certificate_requested));
  writer.say(add_fact(facts, msg("Client certificate sent"), writer), yes_or_no(tls.certificate_sent));
  add_fact(facts, msg("Server certificate verified"), tls.verified, writer);
  add_fact(facts, msg("Broker's name found in"), tls.name_match, writer);
  if (tls.chain.empty()) return;
  heading(parent, msg("Certificates that the broker sent"), writer);
  auto chain = add(parent, "ol", "chain");
  for (const auto& certificate : tls.chain) add_certificate(chain, certificate, writer);
}

bool is_told_apart(const Evidence& evidence) {
  return evidence.kind == EvidenceKind::reproduce || evidence.kind == EvidenceKind::broker_log;
}

Message title_of(EvidenceKind kind) {
  switch (kind) {
    case EvidenceKind::broker_log: return msg("The broker's log");
    case EvidenceKind::reproduce: return msg("Try it yourself");
    case EvidenceKind::tls: return msg("TLS");
    case EvidenceKind::paho: return msg("Paho");
    case EvidenceKind::note: return msg("note");
  }
  return {};
}

void add_other(Node parent, const Evidence& evidence, const HtmlWriter& writer) {
  writer.say(add(parent, "h5"), title_of(evidence.kind));
  writer.excerpt(parent, evidence_text(evidence, writer.tr()), msg("Evidence"));
}

}  // namespace

void add_evidence(Node parent, const Observation& seen, const HtmlWriter& writer) {
  for (const auto& evidence : seen.evidence) {
    if (evidence.kind == EvidenceKind::reproduce) add_command(parent, evidence_text(evidence, writer.tr()), writer);
    if (evidence.kind != EvidenceKind::broker_log) continue;
    heading(parent, msg("The broker's log"), writer);
    writer.excerpt(parent, evidence_text(evidence, writer.tr()), msg("The broker's log"));
  }
  if (!seen.tls && std::ranges::all_of(seen.evidence, is_told_apart)) return;
  auto folded = add(parent, "details", "more");
  writer.say(add(folded, "summary"), msg("Technical details"));
  if (seen.tls) add_tls(folded, *seen.tls, writer);
  for (const auto& evidence : seen.evidence)
    if (!is_told_apart(evidence)) add_other(folded, evidence, writer);
}

}  // namespace mqtts::reports
