#include "reports/html/evidence_list.h"

#include <algorithm>

#include "reports/html/parts.h"
#include "reports/html/text.h"

namespace mqtts::reports {
namespace {

constexpr std::size_t longest_command = 4096;

void heading(Node parent, const Message& text, const Pen& pen) { pen.say(add(parent, "h5"), text); }

void add_command(Node parent, const std::string& text, const Pen& pen) {
  heading(parent, msg("Try it yourself"), pen);
  auto box = add(parent, "pre", "command");
  set(box, "tabindex", "0");
  set(box, "role", "group");
  set(box, "aria-label", pen(msg("A line to paste into a terminal")));
  box.append_child(pugi::node_pcdata).set_value(html_line(text, longest_command).c_str());
}

void add_fact(Node list, const Message& name, const std::string& value, const Pen& pen) {
  if (!value.empty()) pen.say(add_fact(list, name, pen), value);
}

Message yes_or_no(bool fact) { return fact ? msg("yes") : msg("no"); }

void add_certificate(Node parent, const PeerCertificate& certificate, const Pen& pen) {
  auto facts = add(add(parent, "li"), "dl", "rows");
  add_fact(facts, msg("Subject"), certificate.subject, pen);
  add_fact(facts, msg("Issuer"), certificate.issuer, pen);
  if (!certificate.not_before.empty()) pen.time(add_fact(facts, msg("Valid from"), pen), certificate.not_before);
  if (!certificate.not_after.empty()) pen.time(add_fact(facts, msg("Valid until"), pen), certificate.not_after);
  add_fact(facts, msg("Serial number"), certificate.serial, pen);
  add_fact(facts, msg("Fingerprint (SHA-256)"), certificate.sha256, pen);
}

void add_tls(Node parent, const TlsFacts& tls, const Pen& pen) {
  auto facts = add(parent, "dl", "rows");
  add_fact(facts, msg("TLS version"), tls.version, pen);
  add_fact(facts, msg("Cipher suite"), tls.cipher, pen);
  pen.say(add_fact(facts, msg("Client certificate requested"), pen), yes_or_no(tls.certificate_requested));
  pen.say(add_fact(facts, msg("Client certificate sent"), pen), yes_or_no(tls.certificate_sent));
  add_fact(facts, msg("Server certificate verified"), tls.verified, pen);
  add_fact(facts, msg("Broker's name found in"), tls.name_match, pen);
  if (tls.chain.empty()) return;
  heading(parent, msg("Certificates that the broker sent"), pen);
  auto chain = add(parent, "ol", "chain");
  for (const auto& certificate : tls.chain) add_certificate(chain, certificate, pen);
}

bool is_told_apart(const Evidence& evidence) { return evidence.kind == "reproduce" || evidence.kind == "broker-log"; }

void add_other(Node parent, const Evidence& evidence, const Pen& pen) {
  auto title = add(parent, "h5");
  if (evidence.kind == "tls")
    pen.say(title, msg("TLS"));
  else if (evidence.kind == "paho")
    pen.say(title, msg("Paho"));
  else if (evidence.kind == "note")
    pen.say(title, msg("note"));
  else
    pen.say(title, evidence.kind);
  pen.excerpt(parent, evidence.text, msg("Evidence"));
}

}  // namespace

void add_evidence(Node parent, const Observation& seen, const Pen& pen) {
  for (const auto& evidence : seen.evidence) {
    if (evidence.kind == "reproduce") add_command(parent, evidence.text, pen);
    if (evidence.kind != "broker-log") continue;
    heading(parent, msg("The broker's log"), pen);
    pen.excerpt(parent, evidence.text, msg("The broker's log"));
  }
  if (!seen.tls && std::ranges::all_of(seen.evidence, is_told_apart)) return;
  auto folded = add(parent, "details", "more");
  pen.say(add(folded, "summary"), msg("Technical details"));
  if (seen.tls) add_tls(folded, *seen.tls, pen);
  for (const auto& evidence : seen.evidence)
    if (!is_told_apart(evidence)) add_other(folded, evidence, pen);
}

}  // namespace mqtts::reports
