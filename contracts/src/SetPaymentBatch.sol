// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import "@openzeppelin/contracts-upgradeable/access/OwnableUpgradeable.sol";
import "@openzeppelin/contracts-upgradeable/proxy/utils/UUPSUpgradeable.sol";
import "@openzeppelin/contracts-upgradeable/utils/PausableUpgradeable.sol";
import "@openzeppelin/contracts-upgradeable/utils/ReentrancyGuardUpgradeable.sol";

/// @title SetPaymentBatch, a stand-in for the owner's side of Set Chain's payment settlement
/// @notice Real interface: the owner functions with their events (and the missing one), errors and silent
///         truncations, the getters that show them, and the storage slots. Left out: settlement itself.
contract SetPaymentBatch is OwnableUpgradeable, ReentrancyGuardUpgradeable, PausableUpgradeable, UUPSUpgradeable {
    struct AssetConfig {
        bool enabled;
        uint128 minAmount;
        uint128 maxAmount;
        uint128 dailyLimit;
    }

    mapping(address => bool) public authorizedSequencers; // slot 0
    uint256 public sequencerCount; // slot 1
    mapping(bytes32 => bytes32) private batches; // slot 2
    mapping(address => AssetConfig) private assetConfigs; // slot 3
    mapping(bytes32 => bool) private usedNonces; // slot 4
    mapping(bytes32 => bool) private settledIntents; // slot 5
    uint256 public totalPaymentsSettled; // slot 6
    uint256 public totalVolumeSettled; // slot 7
    uint256 public totalBatchesSettled; // slot 8
    address public usdcToken; // slot 9
    address public ssUsdToken; // slot 10
    address public registry; // slot 11
    uint256[38] private __gap; // slot 12

    event SequencerAuthorized(address indexed sequencer, bool authorized);
    event AssetConfigured(
        address indexed token, bool enabled, uint256 minAmount, uint256 maxAmount, uint256 dailyLimit
    );
    event ContractUpgraded(address indexed newImplementation, address indexed authorizer);

    error AmountAboveMaximum();
    error AmountBelowMinimum();
    error ArrayLengthMismatch();
    error AssetNotEnabled();
    error BatchAlreadySettled();
    error BatchNotFound();
    error DailyLimitExceeded();
    error EmptyBatch();
    error IntentAlreadySettled();
    error InvalidAddress();
    error InvalidMerkleRoot();
    error InvalidPaymentCount();
    error InvalidProof();
    error NonceAlreadyUsed();
    error NotAuthorizedSequencer();
    error PaymentExpired();
    error TransferFailed();

    constructor() {
        _disableInitializers();
    }

    function initialize(address _owner, address _initialSequencer, address _registry) external initializer {
        __Ownable_init(_owner);
        __ReentrancyGuard_init();
        __Pausable_init();
        __UUPSUpgradeable_init();
        registry = _registry;
        if (_initialSequencer != address(0)) _authorize(_initialSequencer, true);
    }

    function setSequencerAuthorization(address _sequencer, bool _authorized) external onlyOwner {
        _authorize(_sequencer, _authorized);
    }

    /// @notice No checks; amounts are cut to 128 bits while the event shows all 256, as in the real contract.
    function configureAsset(
        address _token,
        bool _enabled,
        uint256 _minAmount,
        uint256 _maxAmount,
        uint256 _dailyLimit
    ) external onlyOwner {
        assetConfigs[_token] = AssetConfig(_enabled, uint128(_minAmount), uint128(_maxAmount), uint128(_dailyLimit));
        emit AssetConfigured(_token, _enabled, _minAmount, _maxAmount, _dailyLimit);
    }

    /// @notice No check and no event, as in the real contract.
    function setRegistry(address _registry) external onlyOwner {
        registry = _registry;
    }

    function pause() external onlyOwner {
        _pause();
    }

    function unpause() external onlyOwner {
        _unpause();
    }

    function getAssetConfig(address _token) external view returns (AssetConfig memory config) {
        return assetConfigs[_token];
    }

    function _authorizeUpgrade(address newImplementation) internal override onlyOwner {
        emit ContractUpgraded(newImplementation, msg.sender);
    }

    function _authorize(address sequencer, bool authorized) private {
        if (sequencer == address(0)) revert InvalidAddress();
        bool was = authorizedSequencers[sequencer];
        authorizedSequencers[sequencer] = authorized;
        if (authorized && !was) sequencerCount++;
        if (!authorized && was) sequencerCount--;
        emit SequencerAuthorized(sequencer, authorized);
    }
}
