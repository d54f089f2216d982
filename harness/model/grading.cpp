#include "harness/model/grading.h"

#include "harness/model/words.h"
#include "harness/util/name_table.h"

namespace mqtts {
namespace {

using namespace std::string_view_literals;

constexpr std::array visibilities = {std::pair(Visibility::visible, "visible"sv),
                                     std::pair(Visibility::after_due, "after-due"sv),
                                     std::pair(Visibility::hidden, "hidden"sv)};
constexpr std::array details = {std::pair(FailureDetail::full, "full"sv), std::pair(FailureDetail::actual, "actual"sv),
                                std::pair(FailureDetail::none, "none"sv)};
constexpr std::array credits = {std::pair(Credit::partial, "partial"sv), std::pair(Credit::all_or_nothing, "all"sv)};
constexpr std::array fingerprint_kinds = {std::pair(FingerprintKind::ssh_host_key, "ssh-host-key"sv),
                                          std::pair(FingerprintKind::ca_key, "ca-key"sv),
                                          std::pair(FingerprintKind::server_key, "server-key"sv),
                                          std::pair(FingerprintKind::certificate_serial, "certificate-serial"sv),
                                          std::pair(FingerprintKind::password_hash, "password-hash"sv)};

}  // namespace

std::string_view to_string(Visibility visibility) { return name_of(visibilities, visibility); }
std::optional<Visibility> visibility_from(std::string_view name) { return find_name(visibilities, name); }
std::string_view to_string(FailureDetail detail) { return name_of(details, detail); }
std::optional<FailureDetail> failure_detail_from(std::string_view name) { return find_name(details, name); }
std::string_view to_string(Credit credit) { return name_of(credits, credit); }
std::optional<Credit> credit_from(std::string_view name) { return find_name(credits, name); }
std::string_view to_string(FingerprintKind kind) { return name_of(fingerprint_kinds, kind); }
std::optional<FingerprintKind> fingerprint_kind_from(std::string_view name) {
  return find_name(fingerprint_kinds, name);
}

template <>
std::vector<std::string> all_words<Visibility>() {
  return names_in(visibilities);
}
template <>
std::vector<std::string> all_words<FailureDetail>() {
  return names_in(details);
}
template <>
std::vector<std::string> all_words<Credit>() {
  return names_in(credits);
}
template <>
std::vector<std::string> all_words<FingerprintKind>() {
  return names_in(fingerprint_kinds);
}

}  // namespace mqtts
