// Whose account does a client get that presents one user's certificate with another's name and password?
#pragma once

#include "harness/model/probe_kind.h"

namespace mqtts::probes {

// Kind "certificate_user": the client has the certificate and the account of one user, the role "intruder" the same
// certificate and another account, and the role "holder" that account with its own certificate. A holder with the
// client's certificate counts as none: then the account is tried without a certificate. "topic" is one that only the
// other account may use, "sentinel" one that only the client may use; topics with the users' names are tried besides.
// "account.opened_by_other_certificate" is only said where it is proven: the intruder was refused and the holder was
// not, or what it may do is what one of the two may, and the other may not. Where neither can be shown with what is
// given: ErrorKind::missing_material.
ProbeKind certificate_user_kind();

}  // namespace mqtts::probes
