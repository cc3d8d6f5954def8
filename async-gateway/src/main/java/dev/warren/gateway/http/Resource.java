package dev.warren.gateway.http;

import java.util.List;

/** Something that the API offers. */
interface Resource {
  List<Operation> operations();
}
