// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import "./SetRegistry.sol";

/// @title An upgrade to try `contract.upgrade` with; ours, nothing of Set Chain's
/// @notice Adds a limit on the size of a batch. Layout: one variable after everything of SetRegistry.
contract SetRegistryV2 is SetRegistry {
    uint256 public maxEventsPerBatch; // 0: no limit

    error TooManyEvents(uint256 provided, uint256 max);

    /// @notice Meant as the data of upgradeToAndCall; once, and by the owner only.
    function initializeV2(uint256 _maxEventsPerBatch) external reinitializer(2) onlyOwner {
        maxEventsPerBatch = _maxEventsPerBatch;
    }

    function version() external pure returns (string memory) {
        return "2";
    }

    function _checkBatch(Batch memory b) internal view override {
        super._checkBatch(b);
        if (maxEventsPerBatch != 0 && b.eventCount > maxEventsPerBatch) {
            revert TooManyEvents(b.eventCount, maxEventsPerBatch);
        }
    }
}
