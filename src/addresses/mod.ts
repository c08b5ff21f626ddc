/** Where something is served, and addresses and networks of others: as texts and as values. @module */
export { canonicalIp, type Endpoint, ENDPOINT_FORM, formatEndpoint, parseEndpoint } from "./address.ts";
export { type Cidr, CIDR_FORM, maskOf, parseCidr } from "./cidr.ts";
export {
  formatHttpEndpoint,
  HTTP_ENDPOINT_FORM,
  type HttpEndpoint,
  type NamedHttpEndpoint,
  NO_HEADER,
  parseHttpEndpoint,
  parseProxyHeader,
  parseTcpHttpEndpoint,
  PROXY_HEADERS,
  type ProxyHeader,
  type ProxyHeaderChoice,
  type Serves,
  TCP_HTTP_ENDPOINT_FORM,
  type TcpHttpEndpoint,
  type UnixHttpEndpoint,
} from "./http_endpoint.ts";
