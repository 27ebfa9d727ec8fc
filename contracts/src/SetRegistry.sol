// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import "@openzeppelin/contracts-upgradeable/access/OwnableUpgradeable.sol";
import "@openzeppelin/contracts-upgradeable/proxy/utils/UUPSUpgradeable.sol";
import "@openzeppelin/contracts-upgradeable/utils/PausableUpgradeable.sol";
import "@openzeppelin/contracts-upgradeable/utils/ReentrancyGuardUpgradeable.sol";

/// @title SetRegistry, a stand-in with the governance interface of Set Chain's registry
/// @notice Sequencers on an allowlist commit batches of events per tenant and store. Real interface: all owner
///         functions, their events (and the missing one), errors and bounds, the storage slots, and the reads and
///         commits below. Left out: commitBatchWithStarkProof, inclusion proofs and the batched reads.
contract SetRegistry is OwnableUpgradeable, ReentrancyGuardUpgradeable, PausableUpgradeable, UUPSUpgradeable {
    struct BatchCommitment {
        bytes32 eventsRoot;
        bytes32 newStateRoot;
        uint64 sequenceStart;
        uint64 sequenceEnd;
        uint32 eventCount;
        uint64 timestamp;
    }

    struct StarkProofCommitment {
        bytes32 proofHash;
        bytes32 policyHash;
        uint64 policyLimit;
        bool allCompliant;
        uint64 proofSize;
        uint64 provingTimeMs;
        uint64 timestamp;
    }

    mapping(address => bool) public authorizedSequencers; // slot 0
    mapping(bytes32 => BatchCommitment) public commitments; // slot 1
    mapping(bytes32 => bytes32) public latestCommitment; // slot 2: tenant-store key => batch id
    mapping(bytes32 => uint64) public headSequence; // slot 3: never written, as in the real contract
    uint256 public totalCommitments; // slot 4: stays 0, as in the real contract
    bool public strictModeEnabled; // slot 5
    mapping(bytes32 => StarkProofCommitment) public starkProofs; // slot 6
    uint256 public totalStarkProofs; // slot 7
    uint256 public authorizedSequencerCount; // slot 8
    bool public legacyFunctionsEnabled; // slot 9
    uint256[40] private __gap; // slot 10

    event SequencerAuthorized(address indexed sequencer, bool authorized);
    event BatchCommitted(
        bytes32 indexed batchId,
        bytes32 indexed tenantStoreKey,
        bytes32 eventsRoot,
        bytes32 newStateRoot,
        uint64 sequenceStart,
        uint64 sequenceEnd,
        uint32 eventCount
    );
    event StrictModeUpdated(bool enabled);
    event StarkProofCommitted(
        bytes32 indexed batchId, bytes32 proofHash, bytes32 policyHash, bool allCompliant, uint64 proofSize
    );
    event ContractUpgraded(address indexed newImplementation, address indexed authorizer);

    error NotAuthorizedSequencer();
    error InvalidSequenceRange();
    error EmptyEventsRoot();
    error BatchAlreadyCommitted();
    error StateRootMismatch(bytes32 expected, bytes32 provided);
    error SequenceGap(uint64 expected, uint64 provided);
    error InvalidEventCount(uint64 expected, uint32 provided);
    error InvalidProof();
    error BatchNotCommitted();
    error StarkProofAlreadyCommitted();
    error StateRootMismatchInProof();
    error InvalidAddress();
    error ArrayLengthMismatch();
    error EmptyArray();
    error LegacyFunctionsDisabled();

    modifier onlySequencer() {
        if (!authorizedSequencers[msg.sender]) revert NotAuthorizedSequencer();
        _;
    }

    constructor() {
        _disableInitializers();
    }

    /// @param _initialSequencer authorised at once, or 0 for none. Strict mode starts on.
    function initialize(address _owner, address _initialSequencer) external initializer {
        __Ownable_init(_owner);
        __ReentrancyGuard_init();
        __Pausable_init();
        __UUPSUpgradeable_init();
        if (_initialSequencer != address(0)) _authorize(_initialSequencer, true);
        strictModeEnabled = true;
    }

    // ---- owner (the timelock) -------------------------------------------------------------------------------

    /// @notice Idempotent; the event is emitted even when nothing changes.
    function setSequencerAuthorization(address _sequencer, bool _authorized) external onlyOwner {
        _authorize(_sequencer, _authorized);
    }

    function batchSetSequencerAuthorization(address[] calldata _sequencers, bool _authorized) external onlyOwner {
        if (_sequencers.length == 0) revert EmptyArray();
        for (uint256 i = 0; i < _sequencers.length; i++) {
            _authorize(_sequencers[i], _authorized);
        }
    }

    /// @notice Off means: no continuity check of state roots and sequence numbers.
    function setStrictMode(bool _enabled) external onlyOwner {
        strictModeEnabled = _enabled;
        emit StrictModeUpdated(_enabled);
    }

    /// @notice On opens registerBatchRoot. Emits no event, as in the real contract.
    function setLegacyFunctionsEnabled(bool _enabled) external onlyOwner {
        legacyFunctionsEnabled = _enabled;
    }

    /// @notice Stops commitBatch and commitStarkProof; registerBatchRoot ignores it, as in the real contract.
    function pause() external onlyOwner {
        _pause();
    }

    function unpause() external onlyOwner {
        _unpause();
    }

    function _authorizeUpgrade(address newImplementation) internal override onlyOwner {
        emit ContractUpgraded(newImplementation, msg.sender);
    }

    // ---- sequencers -----------------------------------------------------------------------------------------

    /// @dev What commitBatch was given; a struct because nine values do not fit the stack twice.
    struct Batch {
        bytes32 id;
        bytes32 tenantStoreKey;
        bytes32 eventsRoot;
        bytes32 prevStateRoot;
        bytes32 newStateRoot;
        uint64 sequenceStart;
        uint64 sequenceEnd;
        uint32 eventCount;
    }

    function commitBatch(
        bytes32 _batchId,
        bytes32 _tenantId,
        bytes32 _storeId,
        bytes32 _eventsRoot,
        bytes32 _prevStateRoot,
        bytes32 _newStateRoot,
        uint64 _sequenceStart,
        uint64 _sequenceEnd,
        uint32 _eventCount
    ) external nonReentrant whenNotPaused onlySequencer {
        Batch memory b;
        b.id = _batchId;
        b.tenantStoreKey = _key(_tenantId, _storeId);
        b.eventsRoot = _eventsRoot;
        b.prevStateRoot = _prevStateRoot;
        b.newStateRoot = _newStateRoot;
        b.sequenceStart = _sequenceStart;
        b.sequenceEnd = _sequenceEnd;
        b.eventCount = _eventCount;
        _checkBatch(b);
        _storeBatch(b);
    }

    function commitStarkProof(
        bytes32 _batchId,
        bytes32 _proofHash,
        bytes32,
        bytes32 _newStateRoot,
        bytes32 _policyHash,
        uint64 _policyLimit,
        bool _allCompliant,
        uint64 _proofSize,
        uint64 _provingTimeMs
    ) external nonReentrant whenNotPaused onlySequencer {
        if (commitments[_batchId].timestamp == 0) revert BatchNotCommitted();
        if (starkProofs[_batchId].timestamp != 0) revert StarkProofAlreadyCommitted();
        if (commitments[_batchId].newStateRoot != _newStateRoot) revert StateRootMismatchInProof();
        if (_proofHash == bytes32(0) || _proofSize == 0) revert InvalidProof();
        StarkProofCommitment storage p = starkProofs[_batchId];
        p.proofHash = _proofHash;
        p.policyHash = _policyHash;
        p.policyLimit = _policyLimit;
        p.allCompliant = _allCompliant;
        p.proofSize = _proofSize;
        p.provingTimeMs = _provingTimeMs;
        p.timestamp = uint64(block.timestamp);
        totalStarkProofs++;
        emit StarkProofCommitted(_batchId, _proofHash, _policyHash, _allCompliant, _proofSize);
    }

    /// @notice The old way in: no tenant, no continuity, not stopped by pause. Off by default.
    function registerBatchRoot(uint256 _startSequence, uint256 _endSequence, bytes32 _root) external nonReentrant {
        if (!legacyFunctionsEnabled) revert LegacyFunctionsDisabled();
        if (!authorizedSequencers[msg.sender]) revert NotAuthorizedSequencer();
        if (_endSequence < _startSequence) revert InvalidSequenceRange();
        if (_root == bytes32(0)) revert EmptyEventsRoot();
        Batch memory b;
        b.id = keccak256(abi.encodePacked(_startSequence, _endSequence, block.timestamp, msg.sender));
        if (commitments[b.id].timestamp != 0) revert BatchAlreadyCommitted();
        b.tenantStoreKey = _key(bytes32(0), bytes32(0));
        b.eventsRoot = _root;
        b.sequenceStart = uint64(_startSequence);
        b.sequenceEnd = uint64(_endSequence);
        b.eventCount = uint32(_endSequence - _startSequence + 1);
        _storeBatch(b);
    }

    // ---- reads ----------------------------------------------------------------------------------------------

    function areSequencersAuthorized(address[] calldata _addresses) external view returns (bool[] memory authorized) {
        authorized = new bool[](_addresses.length);
        for (uint256 i = 0; i < _addresses.length; i++) {
            authorized[i] = authorizedSequencers[_addresses[i]];
        }
    }

    function getBatchCommitment(bytes32 _batchId) external view returns (BatchCommitment memory commitment) {
        return commitments[_batchId];
    }

    function batchExists(bytes32 _batchId) external view returns (bool exists) {
        return commitments[_batchId].timestamp != 0;
    }

    function hasStarkProof(bytes32 _batchId) external view returns (bool hasProof) {
        return starkProofs[_batchId].timestamp != 0;
    }

    function getLatestBatchId(bytes32 _tenantId, bytes32 _storeId) external view returns (bytes32 batchId) {
        return latestCommitment[_key(_tenantId, _storeId)];
    }

    function getLatestStateRoot(bytes32 _tenantId, bytes32 _storeId) external view returns (bytes32 stateRoot) {
        return commitments[latestCommitment[_key(_tenantId, _storeId)]].newStateRoot;
    }

    function getHeadSequence(bytes32 _tenantId, bytes32 _storeId) external view returns (uint64 sequence) {
        return commitments[latestCommitment[_key(_tenantId, _storeId)]].sequenceEnd;
    }

    function getRegistryStats()
        external
        view
        returns (uint256 commitmentCount, uint256 proofCount, bool isPaused, bool isStrictMode)
    {
        return (totalCommitments, totalStarkProofs, paused(), strictModeEnabled);
    }

    /// @notice proofCoverage is in basis points and says 10000 while totalCommitments is 0, which is always.
    function getExtendedRegistryStatus()
        external
        view
        returns (
            uint256 totalBatches,
            uint256 totalProofs,
            uint256 sequencerCount,
            bool isPaused,
            bool isStrictMode,
            uint256 proofCoverage
        )
    {
        proofCoverage = totalCommitments == 0 ? 10000 : (totalStarkProofs * 10000) / totalCommitments;
        return (
            totalCommitments, totalStarkProofs, authorizedSequencerCount, paused(), strictModeEnabled, proofCoverage
        );
    }

    // ---- inside ---------------------------------------------------------------------------------------------

    function _authorize(address sequencer, bool authorized) private {
        if (sequencer == address(0)) revert InvalidAddress();
        bool was = authorizedSequencers[sequencer];
        authorizedSequencers[sequencer] = authorized;
        if (authorized && !was) authorizedSequencerCount++;
        if (!authorized && was) authorizedSequencerCount--;
        emit SequencerAuthorized(sequencer, authorized);
    }

    function _checkBatch(Batch memory b) internal view virtual {
        if (b.sequenceEnd < b.sequenceStart) revert InvalidSequenceRange();
        uint64 expected;
        unchecked {
            expected = b.sequenceEnd - b.sequenceStart + 1;
        }
        if (b.eventCount != expected) revert InvalidEventCount(expected, b.eventCount);
        if (b.eventsRoot == bytes32(0)) revert EmptyEventsRoot();
        if (commitments[b.id].timestamp != 0) revert BatchAlreadyCommitted();

        bytes32 lastId = latestCommitment[b.tenantStoreKey];
        if (!strictModeEnabled || lastId == bytes32(0)) return;
        BatchCommitment storage last = commitments[lastId];
        if (last.newStateRoot != b.prevStateRoot) revert StateRootMismatch(last.newStateRoot, b.prevStateRoot);
        unchecked {
            uint64 next = last.sequenceEnd + 1;
            if (next != b.sequenceStart) revert SequenceGap(next, b.sequenceStart);
        }
    }

    function _storeBatch(Batch memory b) private {
        commitments[b.id] = BatchCommitment(
            b.eventsRoot, b.newStateRoot, b.sequenceStart, b.sequenceEnd, b.eventCount, uint64(block.timestamp)
        );
        latestCommitment[b.tenantStoreKey] = b.id;
        emit BatchCommitted(
            b.id, b.tenantStoreKey, b.eventsRoot, b.newStateRoot, b.sequenceStart, b.sequenceEnd, b.eventCount
        );
    }

    function _key(bytes32 tenantId, bytes32 storeId) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(tenantId, storeId));
    }
}
