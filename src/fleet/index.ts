/** The door of this folder: which hosts there are, whose alert it is, and how it gets there. */
export { type ArchiveWish, createFleet, type Fleet, type FleetSearch, type Whereabouts } from "./fleet.ts";
export { type HostList, type HostListOptions, openHostList } from "./hosts.ts";
export { type KnownHost, matchAlert, nameOfHost, otherHosts } from "./ownership.ts";
export { type OwnNamesSources, readOwnNames } from "./ownNames.ts";
export type { FinishedPeerArchive, PeerList, PendingPeerArchive } from "./peerArchives.ts";
export { PeerProblem, Peers, type PeerTokens, relayedHeader } from "./peers.ts";
export { Relay, type RelayEnd } from "./relay.ts";
export { RelayedAlerts } from "./relayed.ts";
export type { RelayAlert } from "./relayItem.ts";
