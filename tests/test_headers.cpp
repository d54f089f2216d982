// Nothing but what carries the precompiled headers of all tests.
