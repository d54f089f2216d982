// CLI11's one class that our headers name. Only files that give a command its options need the rest of CLI11, which
// costs each some seconds to compile.
#pragma once

namespace CLI {
class App;
}
