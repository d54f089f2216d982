// Declares the one CLI11 class that our headers name. Only files that define a command's options include the rest of
// CLI11, which takes some seconds each to compile.
#pragma once

namespace CLI {
class App;
}
