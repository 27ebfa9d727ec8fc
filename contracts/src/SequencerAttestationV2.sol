// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import "./SequencerAttestation.sol";

/// @title An upgrade to try `contract.upgrade` with; ours, nothing of Set Chain's
/// @notice Adds a first block to attest. Layout: one variable after everything of SequencerAttestation.
contract SequencerAttestationV2 is SequencerAttestation {
    uint256 public firstBlock;

    error BlockTooOld(uint256 provided, uint256 first);

    /// @notice Meant as the data of upgradeToAndCall; once, and by the owner only.
    function initializeV2(uint256 _firstBlock) external reinitializer(2) onlyOwner {
        firstBlock = _firstBlock;
    }

    function version() external pure returns (string memory) {
        return "2";
    }

    function _checkBlock(uint64 blockNumber) internal view override {
        if (blockNumber < firstBlock) revert BlockTooOld(blockNumber, firstBlock);
    }
}
