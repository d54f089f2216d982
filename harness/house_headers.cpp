// Nothing but what carries the precompiled headers of most libraries.
