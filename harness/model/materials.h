// Keys, certificates and passwords: minted for this run or given by a target file.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/model/plan.h"
#include "harness/util/error.h"
#include "harness/util/message.h"

namespace mqtts {

// A PEM text in memory, and the same bytes in a file of mode 0600 (Paho only reads files).
struct Pem {
  std::string text;
  std::string file;
  // How a line for people names it: a file of this machine that is kept or the user's own, or, after "host:", one of
  // the broker's host. Empty: by the last part of `file`.
  std::string shown = {};
  bool empty() const { return text.empty(); }
};

struct Identity {
  Pem certificate;  // leaf first; intermediates may follow
  Pem key;          // empty for an authority whose key is not available
  // Of a certificate that the target gives and the CA that it gives has not signed: who has. Else empty.
  Message foreign = {};
};

struct Credentials {
  std::string user_name;
  std::string password;
};

// The materials of one run, by the plan's names. Calls may block while a key is being minted, but not past the minting
// deadline, and are safe from any thread. Return ErrorKind::missing_material if the target was to give an entry and did
// not; ErrorKind::local if a file is unreadable or does not fit its key.
class Materials {
 public:
  virtual ~Materials() = default;
  virtual Result<Identity> authority(const std::string& name) = 0;
  virtual Result<Identity> certificate(const std::string& name) = 0;
  virtual Result<Credentials> account(const std::string& name) = 0;
  // The revocation list of an authority, with its certificates that the plan revokes. The next one is due in `days`
  // days; negative: it was due so long ago.
  virtual Result<Pem> revocation_list(const std::string& issuer_name, int days) = 0;
  // The certificate `name` as a forger would issue it: its issuer name is that of the issuer of the certificate `like`,
  // but the signature is not that authority's.
  virtual Result<Identity> forged(const std::string& name, const std::string& like) = 0;
  // What stands in for the certificate `name`, for a client whose own was given and is refused: another one that the
  // target gives for it, or one that its authority issues now, with a key of this run. ErrorKind::missing_material if
  // there is none and the authority's key was not given.
  virtual Result<Identity> issued(const std::string& name) = 0;
};

}  // namespace mqtts
