// What the shared library shows.
#pragma once

/// Marks what an app may call. All else in the SDK's objects is hidden: the shared library shows what bears this mark,
/// and an app that has the static one inside shows nothing of it.
#define MARCHWIRE_SDK_API __attribute__((visibility("default")))

/// Marks what the static library has alone: whoever links the shared one and calls it is told so by the linker.
#define MARCHWIRE_SDK_STATIC __attribute__((visibility("hidden")))

/// The client of a Marchwire server.
namespace marchwire {}
/// Client connects and keeps feeds whole; OwnThread gives it a thread. All else is plain values. What cannot be done is
/// said by an Error, or by an empty value; where a function throws it says so.
namespace marchwire::sdk {}
