// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

// Compiled here so that the deployment has its bytecode: the proxy in front of every UUPS contract.
import "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
