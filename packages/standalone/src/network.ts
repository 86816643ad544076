/** The door to the network: neither MSAL nor anything of Graph comes in with it. */
export {
  openNetwork,
  ProxyFailure,
  proxyFor,
  type ProxySettings,
  readProxySettings,
  withoutProxy,
} from '@lethe/adapter-system/network'
