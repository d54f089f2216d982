// Nothing but the headers that CMakeLists.txt has precompiled with this file.
