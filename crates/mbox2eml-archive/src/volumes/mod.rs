//! ZIP volumes: a sink.
