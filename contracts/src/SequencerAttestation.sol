// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import "@openzeppelin/contracts-upgradeable/access/OwnableUpgradeable.sol";
import "@openzeppelin/contracts-upgradeable/proxy/utils/UUPSUpgradeable.sol";
import "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

/// @title SequencerAttestation, a stand-in with the governance interface of Set Chain's ordering attestations
/// @notice The second contract that knows sequencer keys: a signed ordering commitment per block. Real interface:
///         the owner functions, events, errors, storage slots, commitOrdering and the reads below. Left out:
///         position proofs.
contract SequencerAttestation is OwnableUpgradeable, UUPSUpgradeable {
    struct OrderingCommitment {
        bytes32 blockHash;
        bytes32 txOrderingRoot;
        uint64 blockNumber;
        uint64 timestamp;
        uint32 txCount;
        address sequencer;
    }

    struct Stats {
        uint256 totalCommitments;
        uint256 totalVerifications;
        uint256 failedVerifications;
        uint64 lastCommitmentTime;
    }

    mapping(address => bool) public authorizedSequencers; // slot 0
    mapping(bytes32 => OrderingCommitment) public commitments; // slot 1
    mapping(uint256 => bytes32) public blockNumberToHash; // slot 2
    Stats public stats; // slots 3 to 6
    bytes32 public domainSeparator; // slot 7
    uint256[42] private __gap; // slot 8

    event SequencerAuthorized(address indexed sequencer, bool authorized);
    event OrderingCommitted(
        bytes32 indexed blockHash, uint64 indexed blockNumber, bytes32 txOrderingRoot, uint32 txCount, address sequencer
    );
    event OrderingVerified(bytes32 indexed blockHash, bytes32 indexed txHash, uint256 position, bool valid);
    event ContractUpgraded(address indexed newImplementation, address indexed authorizer);

    error NotAuthorizedSequencer();
    error CommitmentAlreadyExists();
    error CommitmentNotFound();
    error InvalidSignature();
    error InvalidProof();
    error InvalidProofsLength();
    error LengthMismatch();
    error BlockNumberMismatch();

    constructor() {
        _disableInitializers();
    }

    function initialize(address _owner, address _initialSequencer) external initializer {
        __Ownable_init(_owner);
        __UUPSUpgradeable_init();
        domainSeparator = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("SequencerAttestation"),
                keccak256("1"),
                block.chainid,
                address(this)
            )
        );
        if (_initialSequencer == address(0)) return;
        authorizedSequencers[_initialSequencer] = true;
        emit SequencerAuthorized(_initialSequencer, true);
    }

    /// @notice No zero check and no counter, as in the real contract.
    function setSequencerAuthorization(address _sequencer, bool _authorized) external onlyOwner {
        authorizedSequencers[_sequencer] = _authorized;
        emit SequencerAuthorized(_sequencer, _authorized);
    }

    function _authorizeUpgrade(address newImplementation) internal override onlyOwner {
        emit ContractUpgraded(newImplementation, msg.sender);
    }

    /// @notice Anyone may submit; the signature must be a sequencer's.
    function commitOrdering(
        bytes32 _blockHash,
        uint64 _blockNumber,
        bytes32 _txOrderingRoot,
        uint32 _txCount,
        bytes calldata _signature
    ) external {
        if (commitments[_blockHash].timestamp != 0) revert CommitmentAlreadyExists();
        _checkBlock(_blockNumber);
        bytes32 message =
            keccak256(abi.encodePacked(domainSeparator, _blockHash, _blockNumber, _txOrderingRoot, _txCount));
        address signer = ECDSA.recover(MessageHashUtils.toEthSignedMessageHash(message), _signature);
        if (!authorizedSequencers[signer]) revert NotAuthorizedSequencer();

        commitments[_blockHash] =
            OrderingCommitment(_blockHash, _txOrderingRoot, _blockNumber, uint64(block.timestamp), _txCount, signer);
        blockNumberToHash[_blockNumber] = _blockHash;
        stats.totalCommitments++;
        stats.lastCommitmentTime = uint64(block.timestamp);
        emit OrderingCommitted(_blockHash, _blockNumber, _txOrderingRoot, _txCount, signer);
    }

    function hasCommitment(bytes32 _blockHash) external view returns (bool exists) {
        return commitments[_blockHash].timestamp != 0;
    }

    function getCommitmentByBlockNumber(uint256 _blockNumber)
        external
        view
        returns (OrderingCommitment memory commitment)
    {
        return commitments[blockNumberToHash[_blockNumber]];
    }

    function getStats() external view returns (Stats memory stats_) {
        return stats;
    }

    function _checkBlock(uint64 blockNumber) internal view virtual {}
}
