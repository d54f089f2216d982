#include "harness/probes/probes.h"

#include "harness/probes/certificate_user_probe.h"
#include "harness/probes/client_id_patterns_probe.h"
#include "harness/probes/code_points_probe.h"
#include "harness/probes/connect_probe.h"
#include "harness/probes/connection_flood_probe.h"
#include "harness/probes/control_topic_probe.h"
#include "harness/probes/delivery_probe.h"
#include "harness/probes/eavesdrop_probe.h"
#include "harness/probes/guessing_probe.h"
#include "harness/probes/host_probe.h"
#include "harness/probes/keep_alive_probe.h"
#include "harness/probes/logins_probe.h"
#include "harness/probes/malformed_packets_probe.h"
#include "harness/probes/name_variants_probe.h"
#include "harness/probes/origin_probe.h"
#include "harness/probes/oversized_packet_probe.h"
#include "harness/probes/publish_flood_probe.h"
#include "harness/probes/revocation_probe.h"
#include "harness/probes/session_theft_probe.h"
#include "harness/probes/shared_group_probe.h"
#include "harness/probes/slow_connect_probe.h"
#include "harness/probes/system_topics_probe.h"
#include "harness/probes/takeover_probe.h"
#include "harness/probes/timing_probe.h"
#include "harness/probes/tls_ciphers_probe.h"
#include "harness/probes/tls_preference_probe.h"
#include "harness/probes/tls_renegotiation_probe.h"
#include "harness/probes/tls_versions_probe.h"
#include "harness/probes/traffic_probe.h"
#include "harness/wire/paho_runtime.h"

namespace mqtts::probes {

ProbeKinds kinds() {
  static const std::vector<ProbeKind> all = {connect_kind(),
                                             deliver_kind(),
                                             tls_versions_kind(),
                                             tls_ciphers_kind(),
                                             tls_renegotiation_kind(),
                                             tls_preference_kind(),
                                             host_kind(),
                                             login_guessing_kind(),
                                             login_timing_kind(),
                                             logins_kind(),
                                             websocket_origin_kind(),
                                             oversized_packet_kind(),
                                             malformed_packets_kind(),
                                             code_points_kind(),
                                             slow_connect_kind(),
                                             connection_flood_kind(),
                                             publish_flood_kind(),
                                             keep_alive_kind(),
                                             takeover_kind(),
                                             session_theft_kind(),
                                             system_topics_kind(),
                                             control_topic_kind(),
                                             shared_group_kind(),
                                             name_variants_kind(),
                                             revocation_kind(),
                                             certificate_user_kind(),
                                             eavesdrop_kind(),
                                             traffic_kind(),
                                             client_id_patterns_kind()};
  return all;
}

// Should it fail, every attempt fails with the reason.
WireProber::WireProber(ProbeKinds all) : kinds_(all) { static_cast<void>(wire::prepare_paho()); }

Result<Observation> WireProber::observe(const Attempt& attempt, const Deadline& deadline) {
  const auto* kind = find_kind(kinds_, attempt.kind);
  if (kind != nullptr) return kind->run(attempt, deadline);
  return failure(ErrorKind::local, msg("there is no kind of probe \"{name}\"", {{"name", attempt.kind}}));
}

}  // namespace mqtts::probes
