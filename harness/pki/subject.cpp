#include "harness/pki/subject.h"

#include <openssl/objects.h>

#include "harness/util/openssl.h"

namespace mqtts::pki {
namespace {

tl::unexpected<Error> bad_subject(Message what) {
  return failure(ErrorKind::invalid_input, std::move(what),
                 msg("write it as openssl's -subj takes it: /C=FR/L=PARIS/CN=name"), openssl_errors());
}

}  // namespace

Result<NamePtr> parse_subject(const std::string& subject) {
  if (!subject.starts_with('/'))
    return bad_subject(msg("the subject {subject} does not begin with /", {{"subject", subject}}));

  NamePtr name(X509_NAME_new());
  constexpr int append = -1;
  constexpr int new_rdn = 0;
  constexpr int same_rdn = -1;  // that of the entry before
  int rdn = new_rdn;
  std::size_t at = 1;
  do {
    const auto equals = subject.find('=', at);
    if (equals == std::string::npos) {
      return bad_subject(
          msg("the subject {subject} has no = after {part}", {{"subject", subject}, {"part", subject.substr(at)}}));
    }
    const auto attribute = subject.substr(at, equals - at);
    std::string value;
    for (at = equals + 1; at < subject.size() && subject[at] != '/' && subject[at] != '+'; ++at) {
      if (subject[at] == '\\' && ++at == subject.size()) {
        return bad_subject(msg("the subject {subject} ends in a lone backslash", {{"subject", subject}}));
      }
      value += subject[at];
    }
    const auto nid = OBJ_txt2nid(attribute.c_str());
    if (nid == NID_undef) {
      return bad_subject(msg("the subject {subject} has an unknown attribute, {attribute}",
                             {{"subject", subject}, {"attribute", attribute}}));
    }
    if (value.empty()) {
      return bad_subject(
          msg("the subject {subject} gives {attribute} no value", {{"subject", subject}, {"attribute", attribute}}));
    }
    if (X509_NAME_add_entry_by_NID(name.get(), nid, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(value.data()),
                                   static_cast<int>(value.size()), append, rdn) != 1) {
      return bad_subject(msg("in the subject {subject}, the value of {attribute} is not allowed",
                             {{"subject", subject}, {"attribute", attribute}}));
    }
    rdn = at < subject.size() && subject[at] == '+' ? same_rdn : new_rdn;
  } while (++at < subject.size());
  return name;
}

}  // namespace mqtts::pki
